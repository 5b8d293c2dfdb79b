import { createHmac, timingSafeEqual } from 'node:crypto'

/** One token of a session: the first has generation 1, each rotation adds one. */
export interface RefreshToken {
  sessionId: string
  generation: number
}

const mac = (secret: string, { sessionId, generation }: RefreshToken): string =>
  createHmac('sha256', secret).update(`${sessionId}.${generation}`).digest('base64url')

/** Always the same for the same session and generation, so that a rotation whose answer got lost can be answered again. */
export const refreshToken = (secret: string, token: RefreshToken): string =>
  `${token.sessionId}.${token.generation}.${mac(secret, token)}`

/** What a refresh token of ours says, whatever its age; undefined when it was not made by us. */
export function parseRefreshToken(secret: string, text: string): RefreshToken | undefined {
  const [, sessionId, digits, signature] = /^([A-Za-z0-9_-]{22})\.([1-9]\d{0,9})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? []
  if (sessionId === undefined || signature === undefined) return undefined
  const token = { sessionId, generation: Number(digits) }
  return timingSafeEqual(Buffer.from(signature), Buffer.from(mac(secret, token))) ? token : undefined
}
