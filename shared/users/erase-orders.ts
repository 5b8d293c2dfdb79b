import pLimit from 'p-limit'
import { type Eraser, eraseOrder } from '#shared/orders/erase-order.ts'
import { Fault } from '#shared/requests/fault.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { keptMails } from './kept-mails.ts'

/** A second's work. */
const pageSize = 50
const maxParallel = 8

/**
 * Erases the next orders of a user, the oldest first.
 * @param after position of the page before, or null to begin
 * @returns position to go on after; null when these were the last
 * @throws Fault when one of them could not be erased, which the log names
 */
export async function eraseOrderPage(
  services: Services,
  { actor, requestId }: Eraser,
  { userId, after }: { userId: string; after: string | null },
): Promise<{ orders: number; position: string | null }> {
  const listing = {
    owner: userId,
    isOpen: false,
    from: undefined,
    to: undefined,
    newestFirst: false,
    select: undefined,
  }
  const page = { limit: pageSize, ...(after === null ? {} : { after }) }
  const { items, next = null } = await services.store.orders.list(listing, page)
  const limit = pLimit(maxParallel)
  const outcomes = await Promise.all(
    items.map(({ id }) =>
      limit(async () => {
        try {
          await eraseOrder(services, { actor, requestId }, id)
          await keptMails().forget(id)
          return true
        } catch (error) {
          log.error('orderFailed', { request_id: services.requestId ?? requestId, order_id: id, error })
          return false
        }
      }),
    ),
  )
  if (outcomes.includes(false)) throw new Fault('Some orders could not be erased')
  return { orders: items.length, position: next }
}
