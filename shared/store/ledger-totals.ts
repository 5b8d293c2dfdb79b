import * as z from 'zod/mini'
import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { getItem, query } from '#shared/dynamodb/read.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { type Deltas, LedgerTotals, type LevelKey } from '#shared/stock/stock.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'
import { rowCodec } from './ledger.ts'

/** What the first rows of a ledger add up to, with the sort key of the last of them. */
const Checkpoint = z.object({ ...LedgerTotals.shape, last_row: z.string() })
type Checkpoint = z.infer<typeof Checkpoint>
const checkpointCodec = codec('ledger_checkpoint', Checkpoint)

/** No transaction takes so long: no row before this time will be added any more. */
const settledMilliseconds = 3_600_000

/** Rows between two checkpoints. */
const checkpointRows = 500

const nothing: Checkpoint = { on_hand: 0, reserved: 0, available: 0, movements: 0, last_row: 'ROW#' }

const plus = (totals: LedgerTotals, row: Deltas): LedgerTotals => ({
  on_hand: totals.on_hand + row.on_hand,
  reserved: totals.reserved + row.reserved,
  available: totals.available + row.available,
  movements: totals.movements + 1,
})

/**
 * Adds up the ledger of a level, consistently and page by page. It starts from a checkpoint and stores further ones on the way, so
 * neither memory nor time grows with the history of a level, and a call that is cut short still makes progress.
 */
export const ledgerTotalsReader =
  (connection: Connection) =>
  async (level: LevelKey): Promise<LedgerTotals> => {
    const settledBefore = isoTime(connection.clock.now() - settledMilliseconds)
    const first = checkpointCodec.decodeFound(await getItem(connection, keys.ledgerCheckpoint(level))) ?? nothing
    let stored = first
    let settled = first
    let totals: LedgerTotals = first
    let start: Item | undefined
    do {
      const { items, last } = await query(connection, {
        KeyConditionExpression: 'pk = :pk AND sk > :last',
        ExpressionAttributeValues: { ':pk': keys.level(level).pk, ':last': first.last_row },
        ConsistentRead: true,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      })
      for (const item of items) {
        const row = rowCodec.decode(item)
        totals = plus(totals, row)
        if (row.at < settledBefore) settled = { ...totals, last_row: String(item['sk']) }
      }
      if (settled.movements - stored.movements >= checkpointRows) {
        stored = settled
        const Item = checkpointCodec.encode(keys.ledgerCheckpoint(level), stored)
        await writeOne(connection, { operation: { Put: { Item } } })
      }
      start = last
    } while (start)
    return totals
  }
