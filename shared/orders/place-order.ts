import { type Actor, actorOf, type CallerContext } from '#shared/requests/caller.ts'
import { decimalsOf, minorUnits } from '#shared/requests/currency.ts'
import { Fault } from '#shared/requests/fault.ts'
import { createOnce, derivedId, type Once, type OnceResult, Served } from '#shared/requests/idempotency.ts'
import { invalidFields, Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { demandOf } from '#shared/stock/planner.ts'
import { countsUnits, unitLimitReached, unitWrites } from './held-units.ts'
import { type Change, foldEvents, recordChange, type Step, viewFor } from './history.ts'
import type { OrderLine, OrderView, StoredOrder } from './order.ts'
import { orderNumber } from './order-number.ts'
import type { SimpleOrderRequest, StockOrderRequest } from './order-requests.ts'
import { planFor, productsOf } from './reservation.ts'
import { reservationMinutes } from './reservation-minutes.ts'
import { orderRows, planStep, reservedStep } from './steps.ts'

/** A new order as it is answered to the one who placed it, and the role it is answered to. */
interface Placed {
  order: OrderView
  role: Actor['role']
}

/** The first steps of a new order, computed again for every attempt. */
type Draft = () => Promise<Step[]>

/** Places an order of products, or a simple one. */
export const placeOrder = (
  services: Services,
  context: CallerContext,
  { request, once }: { request: StockOrderRequest | SimpleOrderRequest; once: Once },
): Promise<OnceResult<OrderView>> =>
  'lines' in request
    ? placeStockOrder(services, context, { request, once })
    : placeSimpleOrder(services, context, { request, once })

/** An order of products: reserved at once unless asked otherwise, kept even when there is too little. */
function placeStockOrder(
  services: Services,
  context: CallerContext,
  { request, once }: { request: StockOrderRequest; once: Once },
): Promise<OnceResult<OrderView>> {
  const { reserve = true, lines: requested, ...rest } = request
  const asked = demandOf(requested)
  return place(services, context, once, async () => {
    const minutes = reservationMinutes(services, context.caller, rest.reserve_for_minutes)
    const id = derivedId('ord', once.digest)
    const { demand, products, plan } = reserve
      ? await planFor(services, { order_id: id, isNew: true }, asked)
      : { ...(await productsOf(services, asked)), plan: undefined }
    const lines = [...demand].map(([sku, quantity]): OrderLine => {
      const { name, unit_price } = known(products.get(sku))
      return { sku, description: name, quantity, unit_price }
    })
    const created = createdStep(context, {
      ...rest,
      ...(minutes === undefined ? {} : { reserve_for_minutes: minutes }),
      kind: 'stock',
      lines,
      total: totalOf(lines),
      currency: onlyCurrency([...products.values()].map(({ currency }) => currency)),
    })
    const now = services.clock.now()
    return plan ? [created, planStep(plan, products, 'NEW', minutes, now)] : [created]
  })
}

/** One line of something that is not in the catalogue; the scheduled job processes it. */
const placeSimpleOrder = (
  services: Services,
  context: CallerContext,
  { request, once }: { request: SimpleOrderRequest; once: Once },
): Promise<OnceResult<OrderView>> =>
  place(services, context, once, async () => {
    const currency = request.currency ?? services.config.DEFAULT_CURRENCY
    const total = minorUnits(request.amount, currency)
    if (total === undefined) throw tooManyDecimals(currency)
    const line: OrderLine = { description: request.product_name, quantity: 1, unit_price: total }
    return [createdStep(context, { kind: 'simple', lines: [line], total, currency })]
  })

/** An order that succeeds or fails as asked, without stock: to try out what comes after. */
export const placeSimulatedOrder = (
  services: Services,
  context: CallerContext,
  { success, once }: { success: boolean; once: Once },
): Promise<OnceResult<OrderView>> =>
  place(services, context, once, async () => {
    const { SIMULATED_ORDERS, DEFAULT_CURRENCY: currency } = services.config
    if (SIMULATED_ORDERS === 'off') throw new Refusal('not_found', 'Simulated orders are switched off.')
    return [
      createdStep(context, { kind: 'simulated', lines: [], total: 0, currency, success }),
      success
        ? reservedStep([], undefined, services.clock.now())
        : {
            type: 'order.reservation_failed',
            to: 'FAILED_RESERVATION',
            data: { failure: { reason: 'simulated_failure', missing: [] } },
          },
    ]
  })

const createdStep = ({ caller }: CallerContext, fields: Step['data']): Step => ({
  type: 'order.created',
  to: 'NEW',
  data: { user_id: caller.id, allocations: [], ...fields },
})

/** The steps of an order whose first event says its number. */
const numbered = ([created, ...others]: Step[], number: string): Step[] => {
  const { type, to, data } = known(created)
  return [{ type, to, data: { number, ...data } }, ...others]
}

/** Order, number, reference, events, stock and ledger in one transaction; a repeat gets the first answer. */
async function place(
  services: Services,
  { caller, requestId }: CallerContext,
  { digest, fingerprint }: Once,
  draft: Draft,
): Promise<OnceResult<OrderView>> {
  const { store, clock } = services
  const actor = actorOf(caller)
  const id = derivedId('ord', digest)
  const served = (order: StoredOrder) => new Served(order, () => firstAnswer(services, order))
  let attempt = 0
  const create = async () => {
    const number = orderNumber(id, attempt)
    const steps = numbered(await draft(), number)
    const now = clock.now()
    const change: Change = {
      ...{ action: 'create', actor, requestId, fingerprint, now },
      countsUnits: countsUnits(services, caller),
    }
    const { order, events } = recordChange(id, undefined, change, steps)
    const conflict = await store.transact([
      store.orders.create(order),
      store.orders.claimNumber(number, id),
      ...(order.reference === undefined ? [] : [store.orders.claimReference(order, order.reference)]),
      ...events.map(store.orders.append),
      ...store.waitingLine.joinAll(order),
      ...unitWrites(services, order, undefined, actor),
      ...orderRows('reserve', order.allocations, order, change).flatMap(store.stock.move),
    ])
    if (!conflict) return { order: viewFor(order, actor), role: actor.role }
    if (conflict.kind === 'order_exists') return served(conflict.order)
    if (conflict.kind === 'number_taken') attempt += 1
    if (conflict.kind === 'too_many_units') throw unitLimitReached(conflict.limit)
    if (conflict.kind === 'reference_taken') {
      throw new Refusal('reference_taken', 'You already have an order with this reference.', {
        order_id: conflict.orderId,
      })
    }
    return undefined
  }
  const { result, replayed } = await createOnce<Placed>(
    { fingerprint },
    () => store.untilWritten(create),
    async () => {
      const order = await store.orders.get(id)
      return order && served(order)
    },
  )
  return { result: result.order, replayed, role: result.role }
}

/** The answer that created the order, whatever has become of it since. */
async function firstAnswer({ store }: Services, stored: StoredOrder): Promise<Placed> {
  const events = await store.orders.creationEvents(stored.id)
  const { actor } = known(events[0])
  return { order: viewFor(foldEvents(events), actor), role: actor.role }
}

const tooManyDecimals = (currency: string) =>
  invalidFields({ pointer: '#/amount', code: 'custom', detail: `${currency} has ${decimalsOf(currency)} decimals` })

/** Minor units. The limits on SKUs, quantities and prices keep the sum exact. */
const totalOf = (lines: OrderLine[]): number =>
  lines.reduce((sum, { quantity, unit_price }) => sum + quantity * unit_price, 0)

/** @throws Refusal `mixed_currencies` */
function onlyCurrency(currencies: string[]): string {
  const distinct = [...new Set(currencies)]
  if (distinct.length > 1) {
    throw new Refusal('mixed_currencies', `An order has one currency; these products are in ${distinct.join(' and ')}.`)
  }
  return known(distinct[0])
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Fault('A value that was just checked is missing')
  return value
}
