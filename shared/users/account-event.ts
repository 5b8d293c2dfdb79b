import { randomBytes } from 'node:crypto'
import * as z from 'zod/mini'
import { Instant } from '#shared/requests/fields.ts'
import { base32 } from '#shared/requests/idempotency.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'

export const AccountEventType = z.enum([
  'account.verification_requested',
  'account.email_change_requested',
  'account.email_changed',
  'account.password_reset_requested',
  'account.password_changed',
])
export type AccountEventType = z.infer<typeof AccountEventType>

const common = { id: z.string(), request_id: z.string(), at: Instant }

/** An event of an account as it is published: it does not say whose it is. */
export const AccountEvent = z.object({ ...common, type: AccountEventType })
export type AccountEvent = z.infer<typeof AccountEvent>

const stored = {
  ...common,
  /** Epoch seconds: DynamoDB's time to live, because some hold an address. */
  expires_at: z.int(),
}
const ofUser = { ...stored, user_id: z.string() }

/** What the table knows about an event. Addresses are here only; consumers read them by the id of the event. */
export const StoredAccountEvent = z.discriminatedUnion('type', [
  z.object({ ...ofUser, type: z.literal('account.verification_requested') }),
  /** With the new address. */
  z.object({ ...ofUser, type: z.literal('account.email_change_requested'), email: z.string() }),
  /** With the old address, and whether it had been verified. */
  z.object({ ...ofUser, type: z.literal('account.email_changed'), email: z.string(), was_verified: z.boolean() }),
  /** With the address as it was typed, whether it is that of an account or not. */
  z.object({ ...stored, type: z.literal('account.password_reset_requested'), email: z.string() }),
  z.object({ ...ofUser, type: z.literal('account.password_changed') }),
])
export type StoredAccountEvent = z.infer<typeof StoredAccountEvent>

/** As long as its messages may be waiting to be delivered or redriven. */
const keptSeconds = 3 * 24 * 3600

type Without<E, K extends PropertyKey> = E extends unknown ? Omit<E, K> : never
type Occurrence = Without<StoredAccountEvent, 'id' | 'request_id' | 'at' | 'expires_at'>

/** An event that happens now. */
export function newAccountEvent(
  { clock, requestId = 'none' }: Pick<Services, 'clock' | 'requestId'>,
  what: Occurrence,
): StoredAccountEvent {
  const now = clock.now()
  return {
    ...what,
    id: `aev_${base32(randomBytes(20))}`,
    request_id: requestId,
    at: isoTime(now),
    expires_at: Math.floor(now / 1000) + keptSeconds,
  }
}

/** What is published of an event. */
export const publishedPart = (event: StoredAccountEvent): AccountEvent => AccountEvent.parse(event)
