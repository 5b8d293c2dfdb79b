/** Every error that the API can answer with: HTTP status, title and whether the same request may succeed when sent again. */
export const problems = {
  malformed_request: { status: 400, title: 'Malformed request', retryable: false },
  invalid_cursor: { status: 400, title: 'Invalid cursor', retryable: false },
  idempotency_key_required: { status: 400, title: 'Idempotency-Key required', retryable: false },
  idempotency_key_invalid: { status: 400, title: 'Idempotency-Key invalid', retryable: false },
  not_authenticated: { status: 401, title: 'Not authenticated', retryable: false },
  invalid_credentials: { status: 401, title: 'Invalid credentials', retryable: false },
  refresh_invalid: { status: 401, title: 'Refresh token invalid', retryable: false },
  refresh_reused: { status: 401, title: 'Refresh token reused', retryable: false },
  forbidden: { status: 403, title: 'Forbidden', retryable: false },
  password_change_required: { status: 403, title: 'Password change required', retryable: false },
  not_found: { status: 404, title: 'Not found', retryable: false },
  method_not_allowed: { status: 405, title: 'Method not allowed', retryable: false },
  email_taken: { status: 409, title: 'E-mail taken', retryable: false },
  username_taken: { status: 409, title: 'Username taken', retryable: false },
  product_discontinued: { status: 409, title: 'Product discontinued', retryable: false },
  sku_taken: { status: 409, title: 'SKU taken', retryable: false },
  account_erased: { status: 409, title: 'Account erased', retryable: false },
  reference_taken: { status: 409, title: 'Reference taken', retryable: false },
  invalid_transition: { status: 409, title: 'Invalid transition', retryable: false },
  insufficient_stock: { status: 409, title: 'Insufficient stock', retryable: false },
  unit_limit_reached: { status: 409, title: 'Unit limit reached', retryable: false },
  too_many_changes: { status: 409, title: 'Too many changes', retryable: false },
  api_key_limit_reached: { status: 409, title: 'API key limit reached', retryable: false },
  api_key_ended: { status: 409, title: 'API key ended', retryable: false },
  concurrent_update: { status: 409, title: 'Concurrent update', retryable: true },
  version_mismatch: { status: 412, title: 'Version mismatch', retryable: false },
  payload_too_large: { status: 413, title: 'Payload too large', retryable: false },
  unsupported_media_type: { status: 415, title: 'Unsupported media type', retryable: false },
  validation_failed: { status: 422, title: 'Validation failed', retryable: false },
  idempotency_key_reused: { status: 422, title: 'Idempotency-Key reused', retryable: false },
  unknown_sku: { status: 422, title: 'Unknown SKU', retryable: false },
  too_many_lines: { status: 422, title: 'Too many lines', retryable: false },
  mixed_currencies: { status: 422, title: 'Mixed currencies', retryable: false },
  code_invalid: { status: 422, title: 'Code invalid', retryable: false },
  weak_password: { status: 422, title: 'Weak password', retryable: false },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  internal: { status: 500, title: 'Internal error', retryable: false },
  unknown_outcome: { status: 504, title: 'Unknown outcome', retryable: true },
  unavailable: { status: 503, title: 'Unavailable', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>

export type ProblemCode = keyof typeof problems

/** One bad field: an RFC 6901 pointer into the body (`#/lines/0/sku`) or a parameter (`?limit`, `Idempotency-Key`). */
export interface FieldError {
  pointer: string
  code: string
  detail: string
}

/** How often something may be tried, how many tries are left, and when the next one is free again. */
export interface RateLimit {
  limit: number
  remaining: number
  resetSeconds: number
}

/** Members of the problem body, except those that become headers. */
export interface RefusalExtras {
  errors?: FieldError[]
  /** Header `Allow`. */
  allow?: string
  /** Header `Accept-Encoding`: the content codings of a body that would be accepted. */
  acceptEncoding?: string
  /** Headers `RateLimit-*`, and `Retry-After` of a 429. */
  rateLimit?: RateLimit
  [extra: string]: unknown
}

/** A domain error: a code out of the closed set, a sentence for people, and members that go into the problem body. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ProblemCode
  readonly extras: RefusalExtras

  constructor(code: ProblemCode, detail: string = problems[code].title, extras: RefusalExtras = {}) {
    super(detail)
    this.code = code
    this.extras = extras
  }
}

/** What a caller reads whose token is missing from our books, expired, or no token at all. */
export const credentialsRefused = 'Could not validate credentials'

/** A 401 about the credentials, whatever is wrong with them. */
export const unauthenticated = () => new Refusal('not_authenticated', credentialsRefused)

/** A 422 about single fields. */
export const invalidFields = (...errors: FieldError[]) =>
  new Refusal('validation_failed', 'The request has fields that are not valid.', { errors })
