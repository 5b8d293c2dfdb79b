import * as z from 'zod/mini'
import { type CallerContext, isStaff } from '#shared/requests/caller.ts'
import { PageInfo, type PageQuery, paging } from '#shared/requests/paging.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { Deltas, LedgerRow, type LevelKey, type SkuStock, type StoredLevel, totalsOf } from './stock.ts'

/** A ledger row and the stock of the SKU right after it. */
const BalancedRow = z.object({ ...LedgerRow.shape, balance: Deltas })
type BalancedRow = z.infer<typeof BalancedRow>

/** `moving` says that stock kept changing while the page was read: its balances may be off by those movements. */
export const MovementPage = z.object({ movements: z.array(BalancedRow), moving: z.boolean(), page: PageInfo })
type MovementPage = z.infer<typeof MovementPage>

/** What is available; for operators and admins also where. @throws Refusal `not_found` */
export async function readStock({ store }: Services, { caller }: CallerContext, sku: string): Promise<SkuStock> {
  const { levels } = await supplyOf(store, sku)
  const { available, on_hand, reserved } = totalsOf(levels)
  if (!isStaff(caller.role)) return { sku, available }
  const shown = [...levels].sort((a, b) => (a.warehouse_id < b.warehouse_id ? -1 : 1) || a.bucket - b.bucket)
  return { sku, available, on_hand, reserved, levels: shown }
}

/** Reads that found the stock moving are repeated this often. */
const maxReads = 3

/**
 * Why on-hand is what it is: every movement, newest first, with the balance it left behind. Rows hold changes only,
 * so balances are counted back from the levels, which must not have moved between two looks at them.
 * @throws Refusal `not_found`, `invalid_cursor`
 */
export async function listMovements(
  { store, secrets }: Services,
  { caller }: CallerContext,
  { sku, query }: { sku: string; query: PageQuery },
): Promise<MovementPage> {
  const { cursor_secret } = await secrets.current()
  const pages = paging(cursor_secret, ['movements', caller.id, sku], query)
  const { limit, after } = pages.request
  for (let read = 1; ; read += 1) {
    const { levels, keys } = await supplyOf(store, sku)
    const resume = after === undefined ? undefined : Resume.parse(JSON.parse(after))
    const rows = await rowsOf(store, keys, limit + 1, resume?.[0])
    const moving = resume === undefined && movementCount(levels) !== movementCount((await supplyOf(store, sku)).levels)
    if (moving && read < maxReads) continue

    const balance: Deltas = resume
      ? { on_hand: resume[1], reserved: resume[2], available: resume[3] }
      : totalsOf(levels)
    const movements = rows.slice(0, limit).map((row): BalancedRow => {
      const balanced = { ...row, balance: { ...balance } }
      balance.on_hand -= row.on_hand
      balance.reserved -= row.reserved
      balance.available -= row.available
      return balanced
    })
    const last = movements.at(-1)
    const next: Resume | undefined =
      rows.length > limit && last
        ? [store.stock.position(last), balance.on_hand, balance.reserved, balance.available]
        : undefined
    return { movements, moving, page: pages.info(next && JSON.stringify(next)) }
  }
}

/** Where a page ended, and the balance before its last row. */
const Resume = z.tuple([z.string(), z.int(), z.int(), z.int()])
type Resume = z.infer<typeof Resume>

type Store = Services['store']

async function supplyOf(store: Store, sku: string): Promise<{ levels: StoredLevel[]; keys: LevelKey[] }> {
  const warehouses = await store.warehouses.list()
  const { products, levels } = await store.readSupply([sku], warehouses, 'all')
  const product = products.get(sku)
  if (!product) throw new Refusal('not_found', 'There is no such product.')
  return { levels, keys: levels.map(({ warehouse_id, bucket }) => ({ sku, warehouse_id, bucket })) }
}

async function rowsOf(store: Store, keys: LevelKey[], limit: number, before: string | undefined): Promise<LedgerRow[]> {
  const page = { limit, ...(before === undefined ? {} : { before }) }
  const rows = (await Promise.all(keys.map((key) => store.stock.ledger(key, page)))).flat()
  return rows.sort((a, b) => (store.stock.position(a) < store.stock.position(b) ? 1 : -1)).slice(0, limit)
}

const movementCount = (levels: StoredLevel[]): number => levels.reduce((sum, { movements }) => sum + movements, 0)
