import type { Services } from '#shared/runtime/services.ts'
import { demandOf } from '#shared/stock/planner.ts'
import { type ActionRequest, tryAction } from './act-on-order.ts'
import { quantityOf, stockOf, waitingOrder } from './line-holds.ts'
import type { StoredOrder } from './order.ts'
import type { SystemContext } from './system-actions.ts'
import type { WaitingEntry } from './waiting-entry.ts'

/** What a try for a waiting order came to: if it still waits, with the SKUs that it is short of. */
type Try = { outcome: 'served' } | { outcome: 'still waiting'; skus: ReadonlySet<string> }

/**
 * Gives the free units of a SKU to the orders that wait for it, by age. An order that needs more than there is gets passed
 * over, and the next one is tried: so no order waits that could be served. But once the stock of the SKU has moved
 * WAITING_PASS_RATIO times for every unit that the head of the line needs, the head holds the line, and no younger order,
 * waiting or new, is served before it. So no stream of small orders starves it, and an order larger than all that ever comes
 * does not hold up the others.
 *
 * To be called whenever stock of the SKU has moved, or an order has left the line; extra calls do no harm.
 */
export async function serveWaiting(services: Services, context: SystemContext, sku: string): Promise<void> {
  while ((await serveOnce(services, context, sku)) === 'enough for a passed one') {
    // Each further round needs stock that another request has moved meanwhile, so the rounds end.
  }
}

/** Goes along a line once, but stops as soon as there is enough for an order that it has passed over. */
async function serveOnce(
  services: Services,
  context: SystemContext,
  sku: string,
): Promise<'done' | 'enough for a passed one'> {
  const { store } = services
  let head: WaitingEntry | undefined
  let stock: Awaited<ReturnType<typeof stockOf>> | undefined
  /** The least that one of the orders needs that were passed over. */
  let leastPassed = Number.POSITIVE_INFINITY
  for await (const entry of store.waitingLine.entries(sku)) {
    stock ??= await stockOf(services, sku)
    const isTooLarge = (entry.quantity ?? 0) > stock.free
    if (isTooLarge) leastPassed = Math.min(leastPassed, entry.quantity ?? 0)
    if (isTooLarge && head) continue
    const order = await waitingOrder(services, entry)
    const result = order && !isTooLarge ? await tryInTurn(services, context, order, 'leave') : undefined
    const isShort = order !== undefined && result?.outcome !== 'served' && result?.skus.has(sku) !== false
    if (!isShort) {
      await store.transact([store.waitingLine.leave(entry)])
    } else if (!head) {
      head = { ...entry, quantity: quantityOf(order, sku) }
      if (await isHolding(services, head, stock.movements)) return 'done'
    }
    if (result) {
      // Another request may have taken or given back some meanwhile.
      const before = stock
      stock = await stockOf(services, sku)
      if (isShort) {
        const quantity = quantityOf(order, sku)
        // Where nothing moved, the order is short for another reason than too few units.
        if (quantity > stock.free || stock.movements !== before.movements) leastPassed = Math.min(leastPassed, quantity)
      }
      if (leastPassed <= stock.free) return 'enough for a passed one'
    }
    if (head && stock.free <= 0) return 'done'
  }
  if (!head && stock && (await store.waitingLine.line(sku))) await store.transact([store.waitingLine.clearHead(sku)])
  return 'done'
}

/** Whether the head of a line holds it; remembers since when it is the head. */
async function isHolding(
  { store, config }: Services,
  { sku, order_id, since, quantity = 0 }: WaitingEntry,
  movements: number,
): Promise<boolean> {
  const before = await store.waitingLine.line(sku)
  const isKnown = before?.order_id === order_id && before.since === since
  const from_movements = isKnown ? before.from_movements : movements
  const is_holding = movements - from_movements >= config.WAITING_PASS_RATIO * quantity
  if (!isKnown || before.is_holding !== is_holding) {
    await store.transact([store.waitingLine.setHead({ sku, order_id, since, from_movements, is_holding })])
  }
  return is_holding
}

/**
 * Tries to reserve for a waiting order because some time has passed. The lines of its SKUs are served first, so that it does not
 * overtake an older order.
 * @param onShortage whether a try that finds too little is recorded
 * @returns whether the order has stopped waiting
 */
export async function retryWaiting(
  services: Services,
  context: SystemContext,
  order: StoredOrder,
  onShortage: 'record' | 'leave',
): Promise<boolean> {
  if (order.waiting_since === undefined) return true
  for (const sku of demandOf(order.lines).keys()) await serveWaiting(services, context, sku)
  const now = await waitingOrder(services, { order_id: order.id, since: order.waiting_since })
  if (!now) return true
  return onShortage === 'record' && (await tryInTurn(services, context, now, onShortage)).outcome === 'served'
}

/**
 * Tries to reserve for a waiting order. It joins the lines of the SKUs that it is short of.
 * @param onShortage whether a try that finds too little is recorded
 * @returns `served` also when the order does not wait any more for another reason
 */
async function tryInTurn(
  services: Services,
  context: SystemContext,
  order: StoredOrder,
  onShortage: 'record' | 'leave',
): Promise<Try> {
  const { store } = services
  const { id, waiting_since: since } = order
  if (since === undefined) return { outcome: 'served' }
  const skus = [...demandOf(order.lines).keys()]
  for (let isFirst = true; ; isFirst = false) {
    const attempt: ActionRequest = {
      ...context,
      id,
      action: 'retry-reservation',
      appliesTo: (now) => now.waiting_since === since,
      isShortageSilent: onShortage === 'leave' || !isFirst,
    }
    const { order: after, missing } = await tryAction(services, attempt)
    if (after.waiting_since !== since) return { outcome: 'served' }
    // Short of no single SKU, but of allocations: stock of any of them may change that.
    const short = missing.length > 0 ? missing : skus
    const joined = await store.waitingLine.joined(order, since, short)
    const more = short.filter((sku) => !joined.has(sku))
    if (more.length === 0) return { outcome: 'still waiting', skus: new Set(short) }
    // Then another look: what came before the order was in these lines has not served it.
    await store.transact(store.waitingLine.join(order, since, more))
  }
}
