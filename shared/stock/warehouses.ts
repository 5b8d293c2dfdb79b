import type { CallerContext } from '#shared/requests/caller.ts'
import { createOnce, derivedId, type Once, type OnceResult, Served } from '#shared/requests/idempotency.ts'
import type { PageInfo, PageQuery } from '#shared/requests/paging.ts'
import { isChange } from '#shared/requests/patch.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { pagesFor } from '#shared/runtime/pages.ts'
import type { Services } from '#shared/runtime/services.ts'
import { mainWarehouseId, type NewWarehouse, type Warehouse, type WarehouseChange } from './warehouse.ts'

const defaultPriority = 100

export async function createWarehouse(
  services: Services,
  { request, once }: { request: NewWarehouse; once: Once },
): Promise<OnceResult<Warehouse>> {
  return create(services, derivedId('wh', once.digest), request, once)
}

/** Creates the warehouse that every installation starts with. Safe to repeat. */
export async function ensureMainWarehouse(services: Services): Promise<void> {
  await create(services, mainWarehouseId, { name: 'main' }, { digest: mainWarehouseId, fingerprint: mainWarehouseId })
}

async function create(
  { store, clock }: Services,
  id: string,
  { name, priority = defaultPriority }: NewWarehouse,
  creation: Once,
): Promise<OnceResult<Warehouse>> {
  const now = isoTime(clock.now())
  const warehouse: Warehouse = { id, name, priority, version: 1, created_at: now, updated_at: now }
  return createOnce(creation, async () => {
    const conflict = await store.transact([store.warehouses.create({ ...warehouse, creation, first: warehouse })])
    store.warehouses.forget()
    const existing = conflict?.warehouse
    return existing ? new Served(existing.creation, () => existing.first) : warehouse
  })
}

/** @throws Refusal `not_found`, `concurrent_update` */
export async function updateWarehouse(
  { store, clock }: Services,
  { id, change }: { id: string; change: WarehouseChange },
): Promise<Warehouse> {
  const before = (await store.warehouses.list()).find((warehouse) => warehouse.id === id)
  if (!before) throw new Refusal('not_found', 'There is no such warehouse.')
  if (!isChange(before, change)) return before
  const updatedAt = isoTime(clock.now())
  const after = { ...before, ...change, version: before.version + 1, updated_at: updatedAt }
  if (await store.transact([store.warehouses.replace(before, after)])) {
    throw new Refusal('concurrent_update', 'The warehouse was changed at the same time. Read it and try again.')
  }
  store.warehouses.forget()
  return after
}

/** In the order in which reservations use them. */
export async function listWarehouses(
  services: Services,
  { caller }: CallerContext,
  query: PageQuery,
): Promise<{ warehouses: Warehouse[]; page: PageInfo }> {
  const pages = await pagesFor(services, { caller }, query, ['warehouses'])
  const all = await services.store.warehouses.list()
  const { limit, after } = pages.request
  const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
  const warehouses = all.slice(start, start + limit)
  return { warehouses, page: pages.info(start + limit < all.length ? warehouses.at(-1)?.id : undefined) }
}
