import type { Services } from '#shared/runtime/services.ts'
import { tryAction } from './act-on-order.ts'
import type { StoredOrder } from './order.ts'
import type { SystemContext } from './system-actions.ts'
import type { WaitingEntry } from './waiting-entry.ts'

/** What a try for a waiting order came to. */
type Try = 'served' | 'still waiting' | 'not in turn'

/**
 * Gives what there is of a SKU to those who wait for it, strictly by age: until there is too little for the oldest. To be
 * called whenever stock of it may have become free, or somebody has left the line; calling it too often does no harm.
 */
export async function serveWaiting(services: Services, context: SystemContext, sku: string): Promise<void> {
  for (;;) {
    const oldest = await firstInLine(services, sku)
    if (!oldest || (await tryInTurn(services, context, oldest, 'leave')) !== 'served') return
  }
}

/**
 * Tries to reserve for a waiting order, unless an older one waits for any of its SKUs.
 * @param onShortage whether a try that finds too little is recorded
 * @returns `served` also when the order does not wait any more for another reason
 */
export async function tryInTurn(
  services: Services,
  context: SystemContext,
  order: StoredOrder,
  onShortage: 'record' | 'leave',
): Promise<Try> {
  const { id, waiting_since: since, lines } = order
  if (since === undefined) return 'served'
  const lineOf = (sku: string): WaitingEntry => ({ sku, since, order_id: id })
  const joined = new Set(order.failure?.missing.map(({ sku }) => sku))
  for (let isFirst = true; ; isFirst = false) {
    for (const { sku } of lines) {
      if (sku !== undefined && !(await isTurnOf(services, lineOf(sku)))) return 'not in turn'
    }
    const { order: after, missing } = await tryAction(services, {
      ...context,
      id,
      action: 'retry-reservation',
      appliesTo: (now) => now.waiting_since === since,
      isShortageSilent: onShortage === 'leave' || !isFirst,
    })
    if (after.status !== order.status) return 'served'
    // A SKU that is short only now, it has to wait for as well: and to look again, because nobody has told it meanwhile.
    const more = missing.filter((sku) => !joined.has(sku))
    if (more.length === 0) return 'still waiting'
    await services.store.transact(more.map((sku) => services.store.waitingLine.join(lineOf(sku))))
    for (const sku of more) joined.add(sku)
  }
}

/** Whoever finds an older order in line for a SKU stands in that line, too: it must hear when its turn has come. */
async function isTurnOf(services: Services, entry: WaitingEntry): Promise<boolean> {
  const { store } = services
  for (let hasJoined = false; ; hasJoined = true) {
    const first = await firstInLine(services, entry.sku)
    if (!first || isNotBefore(first, entry)) return true
    if (hasJoined) return false
    // Before another look: whoever leaves the line after it finds us there.
    await store.transact([store.waitingLine.join(entry)])
  }
}

const isNotBefore = ({ id, waiting_since = '' }: StoredOrder, entry: WaitingEntry): boolean =>
  waiting_since > entry.since || (waiting_since === entry.since && id >= entry.order_id)

/** Entries of orders that do not wait any more are removed on the way. */
async function firstInLine({ store }: Services, sku: string): Promise<StoredOrder | undefined> {
  for (;;) {
    const entry = await store.waitingLine.first(sku)
    if (!entry) return undefined
    const order = await store.orders.get(entry.order_id)
    if (order?.waiting_since === entry.since) return order
    await store.transact([store.waitingLine.leave(entry)])
  }
}
