import * as z from 'zod/mini'

/** A family of refresh tokens: one login on one device. No token is stored: each is derived from id and generation. */
export const Session = z.object({
  id: z.string(),
  user_id: z.string(),
  /** Epoch milliseconds. */
  started_at: z.int(),
  /** Number of the newest token handed out. */
  generation: z.int(),
  /** Epoch milliseconds. */
  rotated_at: z.int(),
  ended: z.boolean(),
  /** Number of refreshes in the window of the clock that is numbered beside it. */
  refreshes: z.exactOptional(z.int()),
  refresh_window: z.exactOptional(z.int()),
  /** Epoch seconds, as DynamoDB's time to live wants it. */
  expires_at: z.int(),
})
export type Session = z.infer<typeof Session>
