import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { eraseOrderPage } from '#shared/users/erase-orders.ts'
import type { Erasure } from '#shared/users/erasure.ts'
import { drainMilliseconds } from './migrate.ts'
import { isTimeUp } from './time-up.ts'

/**
 * Finishes the erasure of people: goes through all their orders, once whatever the person had sent before is written and
 * listed. The next run goes on from the page at which time was up, or at which this run died.
 * @returns whether every erasure is finished; if not, how many orders this run went through, and how long the next has to wait
 * @throws what kept an erasure from going on; the others are not affected
 */
export async function erase(
  services: Services,
  context: BackgroundContext,
): Promise<{ finished: boolean; orders: number; seconds_to_wait?: number }> {
  const { store, clock } = services
  const pending = await store.erasures.pending()
  let orders = 0
  let failure: unknown
  const waits: number[] = []
  for (const erasure of pending) {
    const rest = erasure.begun_at + drainMilliseconds - clock.now()
    if (rest > 0) waits.push(rest)
    else if (isTimeUp(services, context)) waits.push(0)
    else {
      try {
        const done = await finish(services, context, erasure)
        orders += done.orders
        if (!done.finished) waits.push(0)
      } catch (error) {
        log.error('erasureUnfinished', { request_id: context.requestId, error })
        failure ??= error
      }
    }
  }
  if (failure !== undefined) throw failure
  const seconds = Math.ceil(Math.min(...waits) / 1000)
  return {
    finished: waits.length === 0,
    orders,
    ...(seconds > 0 && waits.length > 0 ? { seconds_to_wait: seconds } : {}),
  }
}

async function finish(
  services: Services,
  context: BackgroundContext,
  erasure: Erasure,
): Promise<{ finished: boolean; orders: number }> {
  const { store } = services
  const { user_id: userId, actor, request_id: requestId } = erasure
  let orders = 0
  for (let after = erasure.position; ; ) {
    const page = await eraseOrderPage(services, { actor, requestId }, { userId, after })
    orders += page.orders
    after = page.position
    if (after === null) break
    await store.erasures.advance(erasure, after)
    if (isTimeUp(services, context)) return { finished: false, orders }
  }
  await store.transact([store.erasures.finish(erasure)])
  return { finished: true, orders }
}
