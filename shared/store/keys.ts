import { shardOf } from '#shared/requests/idempotency.ts'
import type { LevelKey } from '#shared/stock/stock.ts'

export type Key = { pk: string; sk: string }

/** Orders of all users are listed from this many index partitions, so that none takes every write. */
const orderListShards = 8

/** Every key string of the table. Ids, SKUs and usernames contain no `#`; what may contain one comes last. */
export const keys = {
  user: (id: string): Key => ({ pk: `USER#${id}`, sk: 'USER' }),
  email: (email: string): Key => ({ pk: `EMAIL#${email.toLowerCase()}`, sk: 'UNIQUE' }),
  username: (username: string): Key => ({ pk: `USERNAME#${username.toLowerCase()}`, sk: 'UNIQUE' }),
  attempts: (digest: string): Key => ({ pk: `ATTEMPTS#${digest}`, sk: 'ATTEMPTS' }),
  session: (id: string): Key => ({ pk: `SESSION#${id}`, sk: 'SESSION' }),
  product: (sku: string): Key => ({ pk: `PRODUCT#${sku}`, sk: 'PRODUCT' }),
  warehouse: (id: string): Key => ({ pk: 'WAREHOUSES', sk: `WAREHOUSE#${id}` }),
  level: ({ sku, warehouse_id, bucket }: LevelKey): Key => ({
    pk: `LEVEL#${sku}#${warehouse_id}#${bucket}`,
    sk: 'LEVEL',
  }),
  /** In the level's partition, in order of time. */
  ledgerRow: (level: LevelKey, at: string, movementId: string): Key => ({
    pk: keys.level(level).pk,
    sk: `ROW#${at}#${movementId}`,
  }),
  movement: (id: string): Key => ({ pk: `MOVEMENT#${id}`, sk: 'MOVEMENT' }),
  order: (id: string): Key => ({ pk: `ORDER#${id}`, sk: 'ORDER' }),
  /** In the order's partition, in order of sequence. */
  event: (orderId: string, sequence: number): Key => ({
    pk: keys.order(orderId).pk,
    sk: `EVENT#${String(sequence).padStart(6, '0')}`,
  }),
  reference: (userId: string, reference: string): Key => ({ pk: `REFERENCE#${userId}#${reference}`, sk: 'UNIQUE' }),
}

/** Index attributes of items that can be listed, and the partitions a list reads. */
export const listings = {
  order: (order: { id: string; user_id: string; created_at: string }) => ({
    owner: `ORDERS#${order.user_id}`,
    owner_sort: `${order.created_at}#${order.id}`,
    list: `ORDERS#${shardOf(order.id, orderListShards)}`,
    open: `ORDERS#${shardOf(order.id, orderListShards)}`,
    list_sort: `${order.created_at}#${order.id}`,
  }),
  ownOrders: (userId: string): string[] => [`ORDERS#${userId}`],
  allOrders: (): string[] => Array.from({ length: orderListShards }, (_, shard) => `ORDERS#${shard}`),
  user: (user: { id: string; created_at: string }) => ({
    list: 'USERS',
    list_sort: `${user.created_at}#${user.id}`,
  }),
  users: (): string[] => ['USERS'],
  product: (product: { sku: string }) => ({ list: 'PRODUCTS', list_sort: product.sku }),
  products: (): string[] => ['PRODUCTS'],
}
