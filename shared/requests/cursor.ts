import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Keyring } from './keyring.ts'
import { Refusal } from './refusal.ts'

/** What a cursor is good for: the list, its filters and the caller. Anything else refuses it. */
export type CursorScope = readonly unknown[]

const sign = (secret: string, scope: CursorScope, position: string): Buffer =>
  createHmac('sha256', secret)
    .update(JSON.stringify([scope, position]))
    .digest()
    .subarray(0, 16)

/** An opaque cursor: the signature, then the position. */
export const cursorAt = ({ current }: Pick<Keyring, 'current'>, scope: CursorScope, position: string): string =>
  Buffer.concat([sign(current, scope, position), Buffer.from(position)]).toString('base64url')

/**
 * The position that a cursor of this service stands for.
 * @throws Refusal `invalid_cursor` when it was tampered with, or made for another caller or other filters
 */
export function positionOf({ accepted }: Pick<Keyring, 'accepted'>, scope: CursorScope, cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url')
  const position = bytes.subarray(16).toString()
  const isSignedWith = (secret: string) => timingSafeEqual(bytes.subarray(0, 16), sign(secret, scope, position))
  const isValid = bytes.length > 16 && accepted.some(isSignedWith)
  if (!isValid || bytes.toString('base64url') !== cursor) {
    throw new Refusal('invalid_cursor', 'This cursor does not belong to this list. Start from the first page.')
  }
  return position
}
