const securityHeaders = {
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
}

/** What a page may load, whatever it is: nothing, and no one may frame it. */
const closedPolicy =
  "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'"

/** Value of `Content-Security-Policy`. @param sources that a page needs beyond none, by directive */
export const contentPolicy = (sources: Record<string, string> = {}): string =>
  [closedPolicy, ...Object.entries(sources).map(([directive, from]) => `${directive} ${from}`)].join('; ')

/** The gateway compresses bodies of this size and more for clients that accept gzip. */
export const compressedFromBytes = 1024

const exposedHeaders =
  'ETag, Location, Idempotency-Key, Idempotent-Replayed, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-ID'

/** Request headers that a page of another origin may send. */
export const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'X-Request-ID',
]

/**
 * What lets a page of another origin read the answer; nothing for origins that are not configured.
 * @param origins comma-separated, or `*`
 */
export function corsHeaders(origins: string, origin: string | undefined): Record<string, string> {
  const allowed = origins.split(',').map((entry) => entry.trim())
  if (!origin || !(allowed.includes('*') || allowed.includes(origin))) return {}
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': exposedHeaders,
  }
}

/**
 * The same for API Gateway's own answers, whose headers are constants. They cannot name the one of several origins that
 * asks, so pages of any origin may read them: these answers hold no data.
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

/**
 * Value of `Vary`: the request headers that decide what is answered. A cache must keep both answers apart, also the one to
 * a request that lacks the header.
 * @param corsOrigins as configured
 */
export const varyOn = (corsOrigins: string, isCallersOwn: boolean): string =>
  ['Accept-Encoding', ...(corsOrigins.trim() ? ['Origin'] : []), ...(isCallersOwn ? ['Authorization'] : [])].join(', ')

/** On every answer. @param vary see `varyOn` */
export const commonHeaders = (requestId: string, vary: string): Record<string, string> => ({
  'X-Request-ID': requestId,
  Vary: vary,
  ...securityHeaders,
})
