import { actorOf, type CallerContext } from '#shared/requests/caller.ts'
import { createOnce, derivedId, type Once, type OnceResult, Served, shardOf } from '#shared/requests/idempotency.ts'
import { invalidFields, Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { ledgerRow } from './ledger.ts'
import { fromBuckets } from './planner.ts'
import type { Adjustment, Allocation, Level, LevelKey, Movement, MovementKind, Receipt } from './stock.ts'
import { mainWarehouseId, type Warehouse } from './warehouse.ts'

/** Adds received goods, spread evenly over the SKU's buckets. @throws Refusal `unknown_sku`, `validation_failed` */
export const receiveStock = (
  services: Services,
  context: CallerContext,
  { request, once }: { request: Receipt; once: Once },
): Promise<OnceResult<Movement>> =>
  record(services, context, once, 'receive', request, ({ quantity }, levels) => spread(quantity, levels, once.digest))

/**
 * Corrects stock, with a reason. A negative quantity takes available units only: reserved ones belong to orders.
 * @throws Refusal `insufficient_stock`, `unknown_sku`, `validation_failed`
 */
export const adjustStock = (
  services: Services,
  context: CallerContext,
  { request, once }: { request: Adjustment; once: Once },
): Promise<OnceResult<Movement>> =>
  record(services, context, once, 'adjust', request, ({ sku, quantity }, levels) => {
    if (quantity > 0) return spread(quantity, levels, once.digest)
    const available = levels.reduce((total, level) => total + level.available, 0)
    if (available < -quantity) {
      throw new Refusal('insufficient_stock', `Not enough stock of ${sku} in this warehouse: ${available} available.`, {
        available,
      })
    }
    const taken = fromBuckets(-quantity, levels, shardOf(once.digest, levels.length))
    return taken.map((allocation) => ({ ...allocation, quantity: -allocation.quantity }))
  })

/** Divides a quantity over the levels of a warehouse. @throws Refusal when it cannot be */
type Split<R> = (request: R, levels: Level[]) => Allocation[]

async function record<R extends Receipt | Adjustment>(
  services: Services,
  { caller, requestId }: CallerContext,
  once: Once,
  kind: MovementKind,
  request: R,
  split: Split<R>,
): Promise<OnceResult<Movement>> {
  const { store, clock } = services
  const { quantity, reason } = request
  const movementId = derivedId('mov', once.digest)
  const served = (movement: Movement & { creation: Once }) => new Served<Movement>(movement.creation, () => movement)
  const create = async () => {
    const { sku, levels } = await levelsOf(services, request)
    const allocations = split({ ...request, sku }, levels)
    const origin = { movementId, actor: actorOf(caller), requestId, reason, at: isoTime(clock.now()) }
    const rows = allocations.map((allocation) => ledgerRow(kind, allocation, origin))
    const movement: Movement = { id: movementId, sku, quantity, rows }
    const conflict = await store.transact([
      store.stock.recordMovement({ ...movement, creation: once }),
      ...rows.flatMap(store.stock.move),
    ])
    if (!conflict) return movement
    return conflict.kind === 'movement_exists' ? served(conflict.movement) : undefined
  }
  return createOnce(
    once,
    () => store.untilWritten(create),
    async () => {
      // What is missing now may be what the first attempt of this very request took.
      const first = await store.stock.movement(movementId)
      return first && served(first)
    },
  )
}

/** All levels of the SKU in the request's warehouse by bucket, including those that never had stock. */
async function levelsOf(services: Services, request: Receipt | Adjustment): Promise<{ sku: string; levels: Level[] }> {
  const { warehouse_id: id = mainWarehouseId } = request
  const warehouse = await findWarehouse(services, id)
  const { products, levels, spelling } = await services.store.readSupply([request.sku], [warehouse], 'all')
  const sku = spelling(request.sku)
  const product = products.get(sku)
  if (!product) throw new Refusal('unknown_sku', `There is no such product: ${sku}.`)
  const every = Array.from({ length: product.stock_buckets }, (_, bucket) => {
    const empty = { sku, warehouse_id: id, bucket, on_hand: 0, reserved: 0, available: 0 }
    return levels.find((level) => level.bucket === bucket) ?? empty
  })
  return { sku, levels: every }
}

async function findWarehouse({ store }: Services, id: string): Promise<Warehouse> {
  const isWanted = (warehouse: Warehouse) => warehouse.id === id
  const warehouse =
    (await store.warehouses.listCached()).find(isWanted) ?? (await store.warehouses.list()).find(isWanted)
  if (!warehouse) {
    throw invalidFields({ pointer: '#/warehouse_id', code: 'unknown_warehouse', detail: 'there is no such warehouse' })
  }
  return warehouse
}

/** Equal parts; the remaining units go one each to successive buckets, from one that the seed determines. */
function spread(quantity: number, levels: LevelKey[], seed: string): Allocation[] {
  const first = shardOf(seed, levels.length)
  return levels.flatMap(({ sku, warehouse_id, bucket }, n) => {
    const turn = (n - first + levels.length) % levels.length
    const units = Math.floor(quantity / levels.length) + (turn < quantity % levels.length ? 1 : 0)
    return units > 0 ? [{ sku, warehouse_id, bucket, quantity: units }] : []
  })
}
