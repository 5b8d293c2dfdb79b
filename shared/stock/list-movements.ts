import * as z from 'zod/mini'
import { skuKey } from '#shared/products/product.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import { id } from '#shared/requests/fields.ts'
import { isSelective, PageInfo, PageQuery } from '#shared/requests/paging.ts'
import { pagesFor } from '#shared/runtime/pages.ts'
import type { Services } from '#shared/runtime/services.ts'
import { levelsOf } from './read-stock.ts'
import { Deltas, LedgerRow, MovementKind, type StoredLevel, totalsOf } from './stock.ts'

export const MovementsQuery = z.strictObject({
  ...PageQuery.shape,
  order_id: z.exactOptional(id('ord')),
  kind: z.exactOptional(MovementKind),
})
export type MovementsQuery = z.infer<typeof MovementsQuery>

/** A ledger row and the stock of the SKU right after it. */
const BalancedRow = z.object({ ...LedgerRow.shape, balance: Deltas })
type BalancedRow = z.infer<typeof BalancedRow>

/** `moving`: stock changed while the list was read, so balances may be off by those movements. */
export const MovementPage = z.object({ movements: z.array(BalancedRow), moving: z.boolean(), page: PageInfo })
type MovementPage = z.infer<typeof MovementPage>

/** Cursor content: where a page ended, the balance there, and what is needed to check later that it still holds. */
const Resume = z.object({
  position: z.string(),
  balance: Deltas,
  /** Movements counted by the levels when the first page was read. */
  count: z.int(),
  /** When the first page was read, in epoch milliseconds. */
  read_at: z.int(),
  moving: z.boolean(),
})
type Resume = z.infer<typeof Resume>

/** A first page is read again, at most this often in total, while stock moves during the read. */
const maxReads = 3

/** Longest time from a row's `at` to its write; a request lives at most half as long. */
const maxDelayMilliseconds = 60_000

/**
 * Every movement of a SKU, newest first, with the balance right after it. Balances include movements that the filters leave
 * out. Ledger rows hold changes only, so balances are computed backwards from the current levels.
 * @throws Refusal `not_found`, `invalid_cursor`
 */
export async function listMovements(
  services: Services,
  { caller }: CallerContext,
  { sku, query }: { sku: string; query: MovementsQuery },
): Promise<MovementPage> {
  const pages = await pagesFor(services, { caller }, query, ['movements', skuKey(sku)])
  const { limit, after } = pages.request
  const resume = after === undefined ? undefined : Resume.parse(JSON.parse(after))
  for (let read = 1; ; read += 1) {
    const { movements, next } = await readPage(services, sku, query, limit, resume)
    if (next.moving && !resume && read < maxReads) continue
    return {
      movements,
      moving: next.moving,
      page: pages.info(next.position === undefined ? undefined : JSON.stringify(next)),
    }
  }
}

async function readPage(
  { store, clock }: Services,
  sku: string,
  query: MovementsQuery,
  limit: number,
  resume: Resume | undefined,
) {
  const { order_id, kind } = query
  const readAt = resume?.read_at ?? clock.now()
  const { levels } = await levelsOf(store, sku)
  const balances = new Map<string, Deltas>()
  let balance: Deltas = resume?.balance ?? totalsOf(levels)
  const { items, next } = await store.stock.ledger<BalancedRow>(
    levels,
    { limit, ...(resume && { after: resume.position }) },
    {
      selective: isSelective(query, []),
      examine: (rows) =>
        rows.map(({ row, position }) => {
          const balanced = { ...row, balance }
          balance = before(balance, row)
          balances.set(position, balance)
          const isWanted = (kind ?? row.kind) === row.kind && (order_id ?? row.order_id) === row.order_id
          return isWanted ? balanced : undefined
        }),
    },
  )
  const count = resume?.count ?? movementCount(levels)
  // Behind a position that is old enough, no row can have been written since the first page was read.
  const isSettled = resume !== undefined && timeOf(resume.position) < readAt - maxDelayMilliseconds
  const moving = resume?.moving === true || (!isSettled && movementCount((await levelsOf(store, sku)).levels) !== count)
  const reached = balances.get(next ?? '') ?? balance
  return { movements: items, next: { position: next, balance: reached, count, read_at: readAt, moving } }
}

const before = (balance: Deltas, row: Deltas): Deltas => ({
  on_hand: balance.on_hand - row.on_hand,
  reserved: balance.reserved - row.reserved,
  available: balance.available - row.available,
})

/** Positions begin with the time of their row. */
const timeOf = (position: string): number => Date.parse(position.split('#')[0] ?? '')

const movementCount = (levels: StoredLevel[]): number => levels.reduce((sum, { movements }) => sum + movements, 0)
