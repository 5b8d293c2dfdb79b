import type { CallerContext } from '#shared/requests/caller.ts'
import { createOnce, type Once, type OnceResult, Served } from '#shared/requests/idempotency.ts'
import { isSelective, type PageInfo } from '#shared/requests/paging.ts'
import { isChange } from '#shared/requests/patch.ts'
import { invalidFields, Refusal } from '#shared/requests/refusal.ts'
import { anyBeginsWith } from '#shared/requests/search.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { pagesFor } from '#shared/runtime/pages.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { NewProduct, Product, ProductChange, ProductsQuery } from './product.ts'

/** @throws Refusal `sku_taken` */
export async function createProduct(
  { store, clock, config }: Services,
  { request, once }: { request: NewProduct; once: Once },
): Promise<OnceResult<Product>> {
  const now = isoTime(clock.now())
  const product: Product = {
    backorder: 'deny',
    stock_buckets: 1,
    low_stock_at: null,
    discontinued: false,
    currency: config.DEFAULT_CURRENCY,
    ...request,
    version: 1,
    created_at: now,
    updated_at: now,
  }
  return createOnce(once, async () => {
    const conflict = await store.transact(store.products.create({ ...product, creation: once, first: product }))
    if (!conflict) return product
    if (conflict.kind === 'other_spelling') throw taken(conflict.sku)
    const existing = conflict.product
    if (existing?.creation.digest !== once.digest) throw taken(request.sku)
    return new Served(existing.creation, () => existing.first)
  })
}

const taken = (sku: string) => new Refusal('sku_taken', `There is a product ${sku}.`)

/** @throws Refusal `not_found`, `concurrent_update`; `validation_failed` when buckets would shrink */
export async function updateProduct(
  { store, clock }: Services,
  { sku, change }: { sku: string; change: ProductChange },
): Promise<Product> {
  const before = found(await store.products.find(sku))
  if (change.stock_buckets !== undefined && change.stock_buckets < before.stock_buckets) {
    const detail = `only grows; it is ${before.stock_buckets}`
    throw invalidFields({ pointer: '#/stock_buckets', code: 'too_small', detail })
  }
  if (!isChange(before, change)) return before
  const updatedAt = isoTime(clock.now())
  const after = { ...before, ...change, version: before.version + 1, updated_at: updatedAt }
  if (await store.transact([store.products.replace(before, after)])) {
    throw new Refusal('concurrent_update', 'The product was changed at the same time. Read it and try again.')
  }
  return after
}

export const readProduct = async ({ store }: Services, sku: string): Promise<Product> =>
  found(await store.products.find(sku))

/** By SKU. @throws Refusal `invalid_cursor` */
export async function listProducts(
  services: Services,
  { caller }: CallerContext,
  query: ProductsQuery,
): Promise<{ products: Product[]; page: PageInfo }> {
  const pages = await pagesFor(services, { caller }, query, ['products'])
  const { q = '' } = query
  const passes = ({ name, sku }: Product): boolean => anyBeginsWith(q, [name, sku])
  const select = isSelective(query, []) ? async (products: Product[]) => products.filter(passes) : undefined
  const { items, next } = await services.store.products.list(pages.request, select)
  return { products: items, page: pages.info(next) }
}

function found<T>(product: T | undefined): T {
  if (product === undefined) throw new Refusal('not_found', 'There is no such product.')
  return product
}
