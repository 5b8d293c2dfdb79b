import { Fault } from '#shared/requests/fault.ts'

export interface LoggedError {
  name: string
  /** Only for a `Fault`, whose message never quotes data. */
  message?: string
  /** Code of a refusal, a system error or a Node error. */
  code?: string
  /** HTTP status of an AWS service's response, and the service's id for the request. */
  status?: number
  service_request_id?: string
  /** Paths that do not fit their schema, with the kind of error; never values. */
  issues?: string[]
  /** File, line and column of the stack's frames, innermost first. */
  at: string[]
  cause?: LoggedError
}

const maxFrames = 6
const maxIssues = 10
const maxCauses = 3

const word = /^[\w$.-]{1,80}$/

const worded = (value: unknown): string => (word.test(String(value)) ? String(value) : '(withheld)')

/**
 * Messages are left out, because libraries quote data in them: JSON.parse a part of the text, DynamoDB keys and values. Other
 * members are left out as well: a failed condition, for example, carries the whole item.
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

function issueOf(issue: { path?: unknown; code?: unknown }): string {
  const path = Array.isArray(issue.path) ? issue.path.map(worded).join('.') : ''
  return `${path}: ${worded(issue.code)}`
}

const frame = /^ {4}at (?:.* \()?(?:file:\/\/)?((?:\/|node:)[\w@$./+-]+:\d+:\d+)\)?$/

/** Skips the message at the start of the stack, which may span several lines. */
function framesOf({ stack = '', message }: Error): string[] {
  const after = stack.indexOf(message) + message.length
  return stack
    .slice(after)
    .split('\n')
    .flatMap((line) => frame.exec(line)?.[1]?.replace(`${process.cwd()}/`, '') ?? [])
    .slice(0, maxFrames)
}
