import * as z from 'zod/mini'
import { Actor } from '#shared/requests/caller.ts'

/** An erasure whose orders are not all done yet. */
export const Erasure = z.object({
  user_id: z.string(),
  /** Epoch milliseconds: when the account was erased. */
  begun_at: z.int(),
  /** Who asked for it, and with which request. */
  actor: Actor,
  request_id: z.string(),
  /** Position of the last page of orders that is done; null before the first. */
  position: z.nullable(z.string()),
})
export type Erasure = z.infer<typeof Erasure>
