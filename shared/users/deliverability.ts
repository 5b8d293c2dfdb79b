import type { StoredUser } from './stored-user.ts'

/** How a mail came back. */
export type Undeliverable = NonNullable<StoredUser['undeliverable']>

/**
 * The account once its address is new, or is known to be right again: mails are sent.
 * @param at ISO 8601
 */
export const withGoodAddress = ({ undeliverable: _, ...user }: StoredUser, at: string): StoredUser => ({
  ...user,
  address_since: at,
})

/**
 * The account once a mail came back: none is sent any more. A complaint outranks a bounce.
 * @param sentAt when the mail was sent, ISO 8601
 * @returns undefined where that changes nothing
 */
export function withReturnedMail(user: StoredUser, how: Undeliverable, sentAt: string): StoredUser | undefined {
  const isOld = user.address_since !== undefined && sentAt < user.address_since
  if (isOld || user.undeliverable === how || user.undeliverable === 'complained') return undefined
  return { ...user, undeliverable: how, version: user.version + 1 }
}
