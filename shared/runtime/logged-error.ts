import { Fault } from '#shared/requests/fault.ts'

/** What the log tells of an error. */
export interface LoggedError {
  name: string
  /** Of a fault of ours only. */
  message?: string
  /** Of a refusal, of the system or of Node. */
  code?: string
  /** HTTP status of a service's answer, and the id under which the service knows the request. */
  status?: number
  service_request_id?: string
  /** Members that do not fit their schema, with what is wrong; never their values. */
  issues?: string[]
  /** File, line and column, from the innermost call outwards. */
  at: string[]
  cause?: LoggedError
}

const maxFrames = 6
const maxIssues = 10
const maxCauses = 3

const word = /^[\w$.-]{1,80}$/

const worded = (value: unknown): string => (word.test(String(value)) ? String(value) : '(withheld)')

/**
 * Messages stay out, because libraries quote in them: JSON.parse a piece of the text, DynamoDB keys and values; so do
 * members, of which a failed condition has the whole item.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, at: [] }
  const { code, issues, cause, $metadata } = error as Unknowns
  return {
    name: worded(error.name),
    ...(error instanceof Fault ? { message: error.message } : {}),
    ...(code === undefined ? {} : { code: worded(code) }),
    ...(typeof $metadata?.httpStatusCode === 'number' ? { status: $metadata.httpStatusCode } : {}),
    ...(typeof $metadata?.requestId === 'string' ? { service_request_id: worded($metadata.requestId) } : {}),
    ...(Array.isArray(issues) ? { issues: issues.slice(0, maxIssues).map(issueOf) } : {}),
    at: framesOf(error),
    ...(cause instanceof Error && depth < maxCauses ? { cause: loggedError(cause, depth + 1) } : {}),
  }
}

interface Unknowns extends Error {
  code?: unknown
  issues?: unknown
  $metadata?: { httpStatusCode?: unknown; requestId?: unknown }
}

/** Of zod. */
function issueOf(issue: { path?: unknown; code?: unknown }): string {
  const path = Array.isArray(issue.path) ? issue.path.map(worded).join('.') : ''
  return `${path}: ${worded(issue.code)}`
}

const frame = /^ {4}at (?:.* \()?(?:file:\/\/)?((?:\/|node:)[\w@$./+-]+:\d+:\d+)\)?$/

/** The stack begins with the message, which may have lines of its own. */
function framesOf({ stack = '', message }: Error): string[] {
  const after = stack.indexOf(message) + message.length
  return stack
    .slice(after)
    .split('\n')
    .flatMap((line) => frame.exec(line)?.[1]?.replace(`${process.cwd()}/`, '') ?? [])
    .slice(0, maxFrames)
}
