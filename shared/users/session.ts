import * as z from 'zod/mini'

/** A session, and so each refresh token, lasts for 30 days after the last refresh. */
export const sessionSeconds = 30 * 24 * 3600

/** However often it is refreshed, a session ends 90 days after its login. */
const longestSessionSeconds = 90 * 24 * 3600

/** A family of refresh tokens: one login on one device. No token is stored: each is derived from id and generation. */
export const Session = z.object({
  id: z.string(),
  user_id: z.string(),
  /** Epoch of the account's credentials when the password was read for this login. */
  epoch: z.int(),
  /** Epoch milliseconds. */
  started_at: z.int(),
  /** Number of the newest token issued. */
  generation: z.int(),
  /** Epoch milliseconds. */
  rotated_at: z.int(),
  ended: z.boolean(),
  /** Number of refreshes in the window of the clock that is numbered beside it. */
  refreshes: z.exactOptional(z.int()),
  refresh_window: z.exactOptional(z.int()),
  /** Epoch seconds: DynamoDB's time to live. */
  expires_at: z.int(),
})
export type Session = z.infer<typeof Session>

/** @param now epoch milliseconds */
export const isOver = ({ ended, expires_at, started_at }: Session, now: number): boolean =>
  ended || expires_at * 1000 <= now || started_at + longestSessionSeconds * 1000 <= now
