import { credentialsRefused, type ProblemCode } from '#shared/requests/refusal.ts'
import { codedBodyRefused } from './contract.ts'

const unknownOutcome = 'The request may have taken effect. Send it again.'

/** What the gateway answers by itself, before or instead of a function, by API Gateway's name for the occasion. */
const knownResponses = {
  UNAUTHORIZED: { status: 401, code: 'not_authenticated', detail: 'Not authenticated' },
  BAD_REQUEST_BODY: { status: 400, code: 'malformed_request', detail: 'The request cannot be read.' },
  REQUEST_TOO_LARGE: { status: 413, code: 'payload_too_large', detail: 'The request is too large.' },
  ACCESS_DENIED: { status: 403, code: 'forbidden', detail: 'Forbidden' },
  EXPIRED_TOKEN: { status: 401, code: 'not_authenticated', detail: credentialsRefused },
  INVALID_SIGNATURE: { status: 401, code: 'not_authenticated', detail: credentialsRefused },
  MISSING_AUTHENTICATION_TOKEN: { status: 404, code: 'not_found', detail: 'There is nothing here.' },
  RESOURCE_NOT_FOUND: { status: 404, code: 'not_found', detail: 'There is nothing here.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, code: 'unsupported_media_type', detail: codedBodyRefused },
  THROTTLED: { status: 429, code: 'rate_limited', detail: 'Too many requests.' },
  QUOTA_EXCEEDED: { status: 429, code: 'rate_limited', detail: 'Too many requests.' },
  /** Nothing was looked at: also when the table does not answer about an API key. */
  AUTHORIZER_FAILURE: { status: 503, code: 'unavailable', detail: 'The request was not looked at. Send it again.' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, code: 'internal', detail: 'Something went wrong on our side.' },
  API_CONFIGURATION_ERROR: { status: 500, code: 'internal', detail: 'Something went wrong on our side.' },
  INTEGRATION_FAILURE: { status: 502, code: 'unknown_outcome', detail: unknownOutcome },
  INTEGRATION_TIMEOUT: { status: 504, code: 'unknown_outcome', detail: unknownOutcome },
} as const satisfies Record<string, { status: number; code: ProblemCode; detail: string }>

/** All other occasions. A status here would rewrite those of the occasions above. */
const defaultResponses = {
  DEFAULT_4XX: { code: 'malformed_request', detail: 'The request cannot be read.' },
  /** Also a function that Lambda throttles. */
  DEFAULT_5XX: { code: 'unknown_outcome', detail: unknownOutcome },
} as const satisfies Record<string, { code: ProblemCode; detail: string }>

export type GatewayResponse = keyof typeof knownResponses
export const gatewayResponses: Readonly<
  Record<GatewayResponse, { status: number; code: ProblemCode; detail: string }>
> = knownResponses

/** Answers of the deployed gateway, which knows more occasions than the local one. */
export const deployedResponses: Readonly<Record<string, { status?: number; code: ProblemCode; detail: string }>> = {
  ...knownResponses,
  ...defaultResponses,
}
