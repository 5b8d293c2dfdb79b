import type { Product } from '#shared/products/product.ts'
import { maxQuantity } from '#shared/requests/fields.ts'
import { shardOf } from '#shared/requests/idempotency.ts'
import { invalidFields, Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type Demand, demandOf, type Plan, planReservation } from '#shared/stock/planner.ts'
import type { Level } from '#shared/stock/stock.ts'
import type { Warehouse } from '#shared/stock/warehouse.ts'
import { type Place, skusHeldFrom } from './line-holds.ts'
import type { Failure } from './order.ts'

/** A DynamoDB transaction of 100 items has room for this many distinct SKUs. */
const maxSkus = 40

/** @throws Refusal `too_many_lines` */
function assertPlannable(demand: Demand): void {
  if (demand.size > maxSkus) {
    throw new Refusal('too_many_lines', `An order has at most ${maxSkus} distinct SKUs; this one has ${demand.size}.`)
  }
}

/** The same demand by the SKUs as products spell them. */
function respelled(demand: Demand, spelling: (sku: string) => string): Demand {
  return demandOf([...demand].map(([sku, quantity]) => ({ sku: spelling(sku), quantity })))
}

/** Levels that one order may have its SKUs in: what a new order reads at most. */
const maxLevels = 2000

/** @throws Refusal `too_many_lines` when its SKUs lie in so many places that reading them would slow others down */
function assertReadable(products: ReadonlyMap<string, Product>, warehouses: readonly Warehouse[]): void {
  const buckets = [...products.values()].reduce((sum, { stock_buckets }) => sum + stock_buckets, 0)
  const levels = buckets * warehouses.length
  if (levels > maxLevels) {
    const detail = `These SKUs are stored in ${levels} places, more than ${maxLevels}. Order fewer of them at once.`
    throw new Refusal('too_many_lines', detail)
  }
}

/** @throws Refusal `validation_failed` when the lines of a SKU add up to more than one line may have */
function assertQuantities(demand: Demand): void {
  const excessive = [...demand].filter(([, quantity]) => quantity > maxQuantity)
  if (excessive.length > 0) {
    throw invalidFields(
      ...excessive.map(([sku, quantity]) => {
        const detail = `${quantity} of ${sku} in total, more than ${maxQuantity}`
        return { pointer: '#/lines', code: 'too_big', detail }
      }),
    )
  }
}

/** @throws Refusal `product_discontinued` for products that can no longer be ordered */
function assertOrderable(demand: Demand, products: ReadonlyMap<string, Product>): void {
  const discontinued = [...demand.keys()].filter((sku) => products.get(sku)?.discontinued)
  if (discontinued.length === 0) return
  throw new Refusal('product_discontinued', `No longer sold: ${discontinued.join(', ')}.`, {
    errors: discontinued.map((sku) => ({
      pointer: '#/lines',
      code: 'discontinued',
      detail: `${sku} is no longer sold`,
    })),
  })
}

/** @throws Refusal `unknown_sku` with one entry per unknown SKU */
function assertKnown(demand: Demand, products: ReadonlyMap<string, Product>): void {
  const unknown = [...demand.keys()].filter((sku) => !products.has(sku))
  if (unknown.length > 0) {
    throw new Refusal('unknown_sku', `No product has the SKU ${unknown.join(', ')}.`, {
      errors: unknown.map((sku) => ({ pointer: '#/lines', code: 'unknown_sku', detail: `${sku} is not a product` })),
    })
  }
}

/**
 * Reads the stock and plans. One bucket per SKU and warehouse is enough when the first warehouse fills the whole demand;
 * anything else, a shortage above all, is decided only after a consistent read of all buckets. Units that an older order
 * holds back do not exist for this one.
 * @param place since when the order waits; undefined for one that does not
 * @param isNew whether it is asked for now: what an order may read is limited when it is placed, not afterwards
 * @throws Refusal `too_many_lines`, `unknown_sku`, `product_discontinued`; `validation_failed` for too many units of a SKU
 */
export async function planFor(
  services: Services,
  { order_id: orderId, since, isNew }: Omit<Place, 'since'> & { since?: string | undefined; isNew?: true },
  asked: Demand,
): Promise<{ demand: Demand; products: Map<string, Product>; plan: Plan }> {
  assertPlannable(asked)
  const { store, clock } = services
  const cached = await store.warehouses.listCached()
  const glance = await store.readSupply([...asked.keys()], cached, { orderId })
  const demand = respelled(asked, glance.spelling)
  assertKnown(demand, glance.products)
  if (isNew) {
    assertOrderable(demand, glance.products)
    assertQuantities(demand)
    assertReadable(glance.products, cached)
  }
  const firstBucket = (sku: string) => shardOf(orderId, glance.products.get(sku)?.stock_buckets ?? 1)
  const place = { order_id: orderId, since: since ?? isoTime(clock.now()) }
  const held = await skusHeldFrom(services, place, glance.lines)
  const notHeld = ({ sku }: Level) => !held.has(sku)
  const quick = planReservation(demand, glance.levels.filter(notHeld), cached, firstBucket)
  const isBest = quick.outcome === 'filled' && quick.warehouses.every((id) => id === cached[0]?.id)
  if (isBest) return { demand, products: glance.products, plan: quick }

  const warehouses = await store.warehouses.list()
  const supply = await store.readSupply([...demand.keys()], warehouses, 'all')
  return {
    demand,
    products: supply.products,
    plan: planReservation(demand, supply.levels.filter(notHeld), warehouses, firstBucket),
  }
}

/** Products of an order that reserves nothing yet. @throws Refusal as `planFor` */
export async function productsOf(
  { store }: Services,
  asked: Demand,
): Promise<{ demand: Demand; products: Map<string, Product> }> {
  assertPlannable(asked)
  const [warehouses, { products, spelling }] = await Promise.all([
    store.warehouses.listCached(),
    store.readSupply([...asked.keys()], [], 'all'),
  ])
  const demand = respelled(asked, spelling)
  assertKnown(demand, products)
  assertOrderable(demand, products)
  assertQuantities(demand)
  assertReadable(products, warehouses)
  return { demand, products }
}

/** Why an order that could not be filled has no stock, and whether it waits for some. */
export function shortage(
  plan: Exclude<Plan, { outcome: 'filled' }>,
  products: ReadonlyMap<string, Product>,
): { failure: Failure; status: 'BACKORDERED' | 'FAILED_RESERVATION' } {
  if (plan.outcome === 'fragmented') {
    return { failure: { reason: 'too_fragmented', missing: [] }, status: 'FAILED_RESERVATION' }
  }
  const backorderable = plan.missing.every(({ sku }) => products.get(sku)?.backorder === 'allow')
  return {
    failure: { reason: 'insufficient_stock', missing: plan.missing },
    status: backorderable ? 'BACKORDERED' : 'FAILED_RESERVATION',
  }
}
