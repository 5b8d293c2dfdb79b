import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { type Page, type PageRequest, pageOf, wantedBy } from '#shared/dynamodb/list-page.ts'
import { chunkOf, merge, type ReadOn } from '#shared/dynamodb/merge.ts'
import { query } from '#shared/dynamodb/read.ts'
import { LedgerRow, type LevelKey } from '#shared/stock/stock.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

export const rowCodec = codec('ledger_row', LedgerRow)

/** A row and its place in the history of its SKU: larger is newer. A movement has one row per level. */
export interface PlacedRow {
  row: LedgerRow
  position: string
}

const placed = (row: LedgerRow): PlacedRow => ({
  row,
  position: `${row.at}#${row.movement_id}#${row.warehouse_id}#${String(row.bucket).padStart(2, '0')}`,
})

/** Rows that DynamoDB reads for the price of one, but for one: 4 KB, at 400 to 500 bytes each. */
const rowsForOne = 7

/** What is made of the rows of a page, from the newest on; undefined where one is left out. */
interface RowExamination<T> {
  selective: boolean
  examine(rows: PlacedRow[]): (T | undefined)[]
}

/** One page of the rows of some levels together, newest first. Consistent. */
export const ledgerReader =
  (connection: Connection) =>
  <T>(levels: LevelKey[], page: PageRequest, { selective, examine }: RowExamination<T>): Promise<Page<T>> => {
    const { after: before } = page
    // One more: the key alone does not distinguish the row at `before` from rows of the same movement in other levels.
    const chunk = chunkOf(wantedBy(page, selective), levels.length, rowsForOne) + 1
    const rowsOf = (level: LevelKey): ReadOn<PlacedRow> => {
      let start: Item | undefined
      return async () => {
        const { items, last } = await query(connection, {
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': keys.level(level).pk,
            ':first': 'ROW#',
            ':last': before === undefined ? 'ROW#~' : `ROW#${before}`,
          },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: chunk,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        })
        start = last
        const rows = items.map((item) => placed(rowCodec.decode(item)))
        const older = rows.filter(({ position }) => before === undefined || position < before)
        return { items: older, isLast: last === undefined }
      }
    }
    return pageOf(connection, merge(levels.map(rowsOf), { descending: true }), page, {
      selective,
      examine: async (rows) => ({ results: examine(rows), rows: rows.length }),
    })
  }
