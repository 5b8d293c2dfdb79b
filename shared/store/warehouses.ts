import * as z from 'zod/mini'
import { onlyNew, onlyVersion } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { queryAll } from '#shared/dynamodb/read.ts'
import type { Condition, Write } from '#shared/dynamodb/transact.ts'
import { Creation } from '#shared/requests/idempotency.ts'
import { byPriority, Warehouse } from '#shared/stock/warehouse.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

/** `first` is the warehouse as it was created: what a repeated creation is answered with. */
const StoredWarehouse = z.object({ ...Warehouse.shape, creation: Creation, first: Warehouse })
export type StoredWarehouse = z.infer<typeof StoredWarehouse>
const warehouseCodec = codec('warehouse', StoredWarehouse)

/** The warehouse that stands in the way of a write. */
export type WarehouseConflict = { kind: 'warehouse'; warehouse: StoredWarehouse | undefined }

/** The list as it was read last, kept beyond one request. */
export interface WarehouseCache {
  warehouses: StoredWarehouse[]
  /** Epoch milliseconds. */
  readAt: number
}

const cacheMilliseconds = 60_000

export const warehouseStore = (connection: Connection, cache: WarehouseCache) => {
  /** Sorted by priority. Consistent. */
  const list = async (): Promise<StoredWarehouse[]> => {
    const readAt = connection.clock.now()
    const items = await queryAll(connection, keys.warehouse('').pk, 'WAREHOUSE#')
    cache.warehouses = items.map(warehouseCodec.decode).sort(byPriority)
    cache.readAt = readAt
    return cache.warehouses
  }
  return {
    list,
    /** The next reader asks the table. */
    forget: (): void => {
      cache.readAt = Number.NEGATIVE_INFINITY
    },
    /** Sorted by priority; up to a minute old. */
    listCached: async (): Promise<StoredWarehouse[]> =>
      connection.clock.now() - cache.readAt < cacheMilliseconds ? cache.warehouses : list(),

    create: (warehouse: StoredWarehouse): Write<WarehouseConflict> => put(warehouse, onlyNew),

    replace: (before: Warehouse, after: StoredWarehouse): Write<WarehouseConflict> => ({
      ...put(after, onlyVersion(before.version)),
      replaces: before.version,
    }),
  }
}

const put = (warehouse: StoredWarehouse, condition: Condition): Write<WarehouseConflict> => ({
  operation: { Put: { Item: warehouseCodec.encode(keys.warehouse(warehouse.id), warehouse), ...condition } },
  failure: (item) => ({ kind: 'warehouse', warehouse: warehouseCodec.decodeFound(item) }),
})
