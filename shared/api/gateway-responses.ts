import type { ProblemCode } from '#shared/requests/refusal.ts'

/** What the gateway answers by itself, before or instead of a function, by API Gateway's name of the occasion. */
export const gatewayResponses = {
  UNAUTHORIZED: { code: 'not_authenticated', detail: 'Not authenticated' },
  BAD_REQUEST_BODY: { code: 'malformed_request', detail: 'The request cannot be read.' },
  REQUEST_TOO_LARGE: { code: 'payload_too_large', detail: 'The request is too large.' },
  INTEGRATION_FAILURE: { code: 'unknown_outcome', detail: 'The request may have taken effect. Send it again.' },
  INTEGRATION_TIMEOUT: { code: 'unknown_outcome', detail: 'The request may have taken effect. Send it again.' },
  DEFAULT_5XX: { code: 'internal', detail: 'Something went wrong on our side.' },
} as const satisfies Record<string, { code: ProblemCode; detail: string }>

export type GatewayResponse = keyof typeof gatewayResponses

/** Seconds a function may take; the gateway would wait for 29. */
export const functionTimeoutSeconds = 10
