/** On every answer. */
const securityHeaders = {
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
}

/** The gateway compresses bodies of this size and more for whoever takes gzip. */
export const compressedFromBytes = 1024

const exposedHeaders =
  'ETag, Location, Idempotency-Key, Idempotent-Replayed, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-ID'

/** What a browser of another origin may send. */
export const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'X-Request-ID',
]

/**
 * What a browser of another origin needs; nothing for origins that are not configured.
 * @param origins comma-separated, or `*`
 */
export function corsHeaders(origins: string, origin: string | undefined): Record<string, string> {
  const allowed = origins.split(',').map((entry) => entry.trim())
  if (!origin || !(allowed.includes('*') || allowed.includes(origin))) return {}
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': exposedHeaders,
    Vary: 'Accept-Encoding, Origin',
  }
}

/**
 * The same for answers whose headers are fixed before the origin is known, as those of API Gateway itself. Several
 * origins cannot be told apart there, so any may read them: they say nothing about anybody.
 */
export function fixedCorsHeaders(origins: readonly string[]): Record<string, string> {
  const [first, ...others] = origins
  if (first === undefined) return {}
  return {
    'Access-Control-Allow-Origin': others.length === 0 ? first : '*',
    'Access-Control-Expose-Headers': exposedHeaders,
  }
}

/** Answer to a preflight for a path that takes `methods`. */
export const preflightHeaders = (methods: string): Record<string, string> => ({
  'Access-Control-Allow-Methods': methods,
  'Access-Control-Allow-Headers': allowedHeaders.join(', '),
  'Access-Control-Max-Age': '600',
})

export const commonHeaders = (requestId: string): Record<string, string> => ({
  'X-Request-ID': requestId,
  Vary: 'Accept-Encoding',
  ...securityHeaders,
})
