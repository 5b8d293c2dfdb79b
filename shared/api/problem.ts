import type { APIGatewayProxyResult } from 'aws-lambda'
import * as z from 'zod/mini'
import { type FieldError, type ProblemCode, problems, type RateLimit, type Refusal } from '#shared/requests/refusal.ts'

/** RFC 9457, with members that say what a client should do. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** Path of the request. */
  instance: z.string(),
  code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
  request_id: z.string(),
  /** Whether the same request may succeed when it is sent again. */
  retryable: z.boolean(),
  errors: z.optional(z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))),
})
export type Problem = z.infer<typeof Problem>

export const problemContentType = 'application/problem+json'

/** Seconds after which it makes sense to try again. */
const retryAfterSeconds = '1'

export function problemBody(
  code: ProblemCode,
  detail: string,
  { instance, requestId }: { instance: string; requestId: string },
  extras: object = {},
): Problem {
  const { status, title, retryable } = problems[code]
  const type = `urn:holdfast:problem:${code}`
  return { type, title, status, detail, instance, code, request_id: requestId, retryable, ...extras }
}

/** The answer to a refused request. */
export function problemResult(
  refusal: Refusal,
  request: { instance: string; requestId: string },
): APIGatewayProxyResult {
  const { allow, acceptEncoding, rateLimit, ...extras } = refusal.extras
  const headers: Record<string, string> = { 'Content-Type': problemContentType, 'Cache-Control': 'no-store' }
  if (allow !== undefined) headers['Allow'] = allow
  if (acceptEncoding !== undefined) headers['Accept-Encoding'] = acceptEncoding
  if (rateLimit) Object.assign(headers, rateLimitHeaders(rateLimit))
  if (refusal.code === 'rate_limited' && rateLimit) headers['Retry-After'] = String(rateLimit.resetSeconds)
  if (refusal.code === 'unavailable') headers['Retry-After'] = retryAfterSeconds
  const body = problemBody(refusal.code, refusal.message, request, extras)
  return { statusCode: body.status, headers, body: JSON.stringify(body) }
}

const rateLimitHeaders = ({ limit, remaining, resetSeconds }: RateLimit): Record<string, string> => ({
  'RateLimit-Limit': String(limit),
  'RateLimit-Remaining': String(remaining),
  'RateLimit-Reset': String(resetSeconds),
})

type Issue = z.core.$ZodIssue

/** JSON Pointer as a URI fragment, as in RFC 9457's example. */
export const bodyPointer = (path: readonly PropertyKey[]): string =>
  `#${path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`

/** What is wrong with a field that a request does not have. */
export const unknownField = (pointer: string): FieldError => ({
  pointer,
  code: 'unknown_field',
  detail: 'is not a field of this request',
})

/** One entry per bad field, whatever the shape of zod's issues. */
export function fieldErrors(issues: readonly Issue[], pointer: (path: readonly PropertyKey[]) => string): FieldError[] {
  return issues.flatMap((issue): FieldError[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownField(pointer([...issue.path, key])))
    }
    if (issue.code === 'invalid_union') {
      const branch = closestBranch(issue.errors)
      if (branch)
        return fieldErrors(
          branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
          pointer,
        )
    }
    return [{ pointer: pointer(issue.path), code: issue.code, detail: issue.message }]
  })
}

/** The shape that a body misses by least is the one its sender meant. */
const closestBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined =>
  [...branches].sort((a, b) => weight(a) - weight(b))[0]

const weight = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)
