import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Keyring } from '#shared/requests/keyring.ts'

/** One token of a session: the first has generation 1, each rotation adds one. */
export interface RefreshToken {
  sessionId: string
  generation: number
}

const mac = (secret: string, { sessionId, generation }: RefreshToken): string =>
  createHmac('sha256', secret).update(`${sessionId}.${generation}`).digest('base64url')

/** Derived from session and generation, so that a rotation whose answer got lost can be answered again. */
export const refreshToken = ({ current }: Pick<Keyring, 'current'>, token: RefreshToken): string =>
  `${token.sessionId}.${token.generation}.${mac(current, token)}`

/** What a refresh token says, whatever its age; undefined when no accepted secret has signed it. */
export function parseRefreshToken({ accepted }: Pick<Keyring, 'accepted'>, text: string): RefreshToken | undefined {
  const [, sessionId, digits, signature] = /^([A-Za-z0-9_-]{22})\.([1-9]\d{0,9})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? []
  if (sessionId === undefined || signature === undefined) return undefined
  const token = { sessionId, generation: Number(digits) }
  const isSigned = (secret: string) => timingSafeEqual(Buffer.from(signature), Buffer.from(mac(secret, token)))
  return accepted.some(isSigned) ? token : undefined
}
