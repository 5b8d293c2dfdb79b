import * as z from 'zod/mini'
import { onlyNew } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem, getItems } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { Creation } from '#shared/requests/idempotency.ts'
import { type LedgerRow, type LevelKey, levelCounters, Movement, StoredLevel } from '#shared/stock/stock.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'
import { ledgerReader, rowCodec } from './ledger.ts'
import { ledgerTotalsReader } from './ledger-totals.ts'

export const levelCodec = codec('level', StoredLevel)
const StoredMovement = z.object({ ...Movement.shape, creation: Creation })
type StoredMovement = z.infer<typeof StoredMovement>
const movementCodec = codec('movement', StoredMovement)

/** Why a movement could not be written. */
export type StockConflict = { kind: 'short'; level: LevelKey } | { kind: 'movement_exists'; movement: StoredMovement }

export const stockStore = (connection: Connection) => ({
  /** Levels that have never had stock are left out. Consistent. */
  async levels(wanted: LevelKey[]): Promise<StoredLevel[]> {
    return (await getItems(connection, wanted.map(keys.level))).map(levelCodec.decode)
  },

  async movement(id: string): Promise<StoredMovement | undefined> {
    return movementCodec.decodeFound(await getItem(connection, keys.movement(id)))
  },

  ledger: ledgerReader(connection),

  ledgerTotals: ledgerTotalsReader(connection),

  /** The receipt or adjustment itself: its id is derived from the request, so it can be written once. */
  recordMovement: (movement: StoredMovement): Write<StockConflict> => ({
    operation: {
      Put: {
        Item: movementCodec.encode(keys.movement(movement.id), movement),
        ...onlyNew,
      },
    },
    failure: (item) => ({ kind: 'movement_exists', movement: movementCodec.decode(item ?? {}) }),
  }),

  /** The level's counters and the ledger row that explains them: never one without the other. */
  move: (row: LedgerRow): Write<StockConflict>[] => [
    {
      operation: {
        Update: {
          Key: keys.level(row),
          UpdateExpression: `SET ${[
            ...levelCounters.map((counter) => `${counter} = if_not_exists(${counter}, :zero) + :${counter}`),
            'movements = if_not_exists(movements, :zero) + :one',
            'sku = :sku, warehouse_id = :warehouse, #bucket = :bucket, entity = :entity, #schema = :one',
          ].join(', ')}`,
          ...notBelowZero(row),
          ExpressionAttributeNames: { '#bucket': 'bucket', '#schema': 'schema' },
          ExpressionAttributeValues: {
            ':zero': 0,
            ':one': 1,
            ...Object.fromEntries(levelCounters.map((counter) => [`:${counter}`, row[counter]])),
            ...Object.fromEntries(falling(row).map((counter) => [`:min_${counter}`, -row[counter]])),
            ':sku': row.sku,
            ':warehouse': row.warehouse_id,
            ':bucket': row.bucket,
            ':entity': 'level',
          },
        },
      },
      failure: () => ({ kind: 'short', level: row }),
    },
    {
      operation: { Put: { Item: rowCodec.encode(keys.ledgerRow(row, row.at, row.movement_id), row) } },
    },
  ],
})

const falling = (row: LedgerRow) => levelCounters.filter((counter) => row[counter] < 0)

/** Every counter that falls is conditioned on being large enough, so none can pass zero. */
function notBelowZero(row: LedgerRow): { ConditionExpression: string } | object {
  const conditions = falling(row).map((counter) => `${counter} >= :min_${counter}`)
  return conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }
}
