import { Refusal } from './refusal.ts'

/** An AWS service refused part of a call. @param code the service's name for the reason */
export class ServiceError extends Error {
  constructor(code: string) {
    super(`An AWS service refused part of a call: ${code}`)
    this.name = code
  }
}

const temporaryNames =
  /Throttl|TooManyRequests|LimitExceeded|SlowDown|ServiceUnavailable|Internal(Failure|Exception|Error|Server)|Timeout|ECONN/

/**
 * Whether a call failed for a reason that passes: a throttle, a limit of calls or of what is open at once, a failure of the
 * service or of the network. The same call may succeed later.
 */
export function isTemporary(error: unknown): boolean {
  if (error instanceof Refusal) return error.code === 'unavailable'
  if (!(error instanceof Error)) return false
  const { name, $metadata }: Error & { $metadata?: { httpStatusCode?: number } } = error
  return temporaryNames.test(name) || ($metadata?.httpStatusCode ?? 0) >= 500
}
