import type { Key } from '#shared/dynamodb/item.ts'
import type { Subject } from '#shared/events/event.ts'
import type { Order } from '#shared/orders/order.ts'
import { isFinal } from '#shared/orders/transitions.ts'
import { skuKey } from '#shared/products/product.ts'
import { emailKey } from '#shared/requests/email.ts'
import { shardOf } from '#shared/requests/idempotency.ts'
import { normalised } from '#shared/requests/text.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { LevelKey } from '#shared/stock/stock.ts'
import type { CodePlace } from '#shared/users/code.ts'

/** Orders of all users are listed from this many index partitions, so that none takes every write. */
const orderListShards = 8

const dueShards = 4

/** Each change of an order may write here twice, so there are more than of lists. */
const unrelayedShards = 16

/** The largest number that sorts by its text. No subject has as many events. */
const maxSequence = 999_999

/** Events by their numbers: those after `after`, up to and with `upTo`. All when nothing is said. */
export interface EventRange {
  after?: number | undefined
  upTo?: number | undefined
}

const sequenceText = (sequence: number): string => String(sequence).padStart(6, '0')

/** Every key string of the table. Ids, SKUs and usernames contain no `#`; a part that may contain one comes last. */
export const keys = {
  user: (id: string): Key => ({ pk: `USER#${id}`, sk: 'USER' }),
  email: (email: string): Key => ({ pk: `EMAIL#${emailKey(email)}`, sk: 'UNIQUE' }),
  username: (username: string): Key => ({ pk: `USERNAME#${username.toLowerCase()}`, sk: 'UNIQUE' }),
  /** Beside the claim on the address, or the account. */
  code: (place: CodePlace): Key =>
    place.purpose === 'password_reset'
      ? { pk: keys.email(place.email).pk, sk: 'RESET_CODE' }
      : { pk: keys.user(place.user_id).pk, sk: 'VERIFICATION_CODE' },
  /** Sorted as the first event of a subject, because each is a subject of its own. */
  accountEvent: (id: string): Key => ({ pk: `ACCOUNT_EVENT#${id}`, sk: `EVENT#${sequenceText(1)}` }),
  attempts: (digest: string): Key => ({ pk: `ATTEMPTS#${digest}`, sk: 'ATTEMPTS' }),
  window: (digest: string, window: number): Key => ({ pk: `ATTEMPTS#${digest}`, sk: `WINDOW#${window}` }),
  openSessions: (userId: string): Key => ({ pk: `USER#${userId}`, sk: 'OPEN_SESSIONS' }),
  /** Units that a user holds, in all open orders. */
  heldUnits: (userId: string): Key => ({ pk: `USER#${userId}`, sk: 'HELD_UNITS' }),
  session: (id: string): Key => ({ pk: `SESSION#${id}`, sk: 'SESSION' }),
  /** The claim on all spellings of a SKU. */
  sku: (sku: string): Key => ({ pk: `SKU#${skuKey(sku)}`, sk: 'UNIQUE' }),
  product: (sku: string): Key => ({ pk: `PRODUCT#${sku}`, sk: 'PRODUCT' }),
  apiKey: (id: string): Key => ({ pk: `APIKEY#${id}`, sk: 'APIKEY' }),
  /** A rotation of an API key, by the digest of its request. */
  apiKeyRotation: (id: string, digest: string): Key => ({ pk: keys.apiKey(id).pk, sk: `ROTATION#${digest}` }),
  apiKeyCount: (): Key => ({ pk: 'APIKEYS', sk: 'COUNT' }),
  warehouse: (id: string): Key => ({ pk: 'WAREHOUSES', sk: `WAREHOUSE#${id}` }),
  level: ({ sku, warehouse_id, bucket }: LevelKey): Key => ({
    pk: `LEVEL#${sku}#${warehouse_id}#${bucket}`,
    sk: 'LEVEL',
  }),
  /** In the level's partition, before its rows. */
  ledgerCheckpoint: (level: LevelKey): Key => ({ pk: keys.level(level).pk, sk: 'CHECKPOINT' }),
  /** In the level's partition, sorted by time, after everything else. */
  ledgerRow: (level: LevelKey, at: string, movementId: string): Key => ({
    pk: keys.level(level).pk,
    sk: `ROW#${at}#${movementId}`,
  }),
  movement: (id: string): Key => ({ pk: `MOVEMENT#${id}`, sk: 'MOVEMENT' }),
  order: (id: string): Key => ({ pk: `ORDER#${id}`, sk: 'ORDER' }),
  orderNumber: (number: string): Key => ({ pk: `NUMBER#${number}`, sk: 'UNIQUE' }),
  /** The partition with a subject's events: an order's own, or one for the stock events of a SKU. */
  subject: (subject: Subject): { pk: string } =>
    'order_id' in subject ? { pk: keys.order(subject.order_id).pk } : { pk: `STOCK#${subject.sku}` },
  /** Sorted by sequence. */
  event: (subject: Subject, sequence: number): Key => ({
    ...keys.subject(subject),
    sk: `EVENT#${sequenceText(sequence)}`,
  }),
  /** Sort keys of the events after one number and up to another. */
  events: ({ after = 0, upTo = maxSequence }: EventRange): { first: string; last: string } => ({
    first: `EVENT#${sequenceText(after + 1)}`,
    last: `EVENT#${sequenceText(upTo)}`,
  }),
  /** How far the events have been relayed. */
  cursor: (subject: Subject): Key => ({ ...keys.subject(subject), sk: 'CURSOR' }),
  /** In the order's partition, one per execution. */
  wait: ({ order_id, sequence }: { order_id: string; sequence: number }): Key => ({
    ...keys.subject({ order_id }),
    sk: `WAIT#${sequenceText(sequence)}`,
  }),
  /** In the order's partition, until the execution that its event calls for could be started. */
  pendingStart: ({ order_id, sequence }: { order_id: string; sequence: number }): Key => ({
    ...keys.subject({ order_id }),
    sk: `START#${sequenceText(sequence)}`,
  }),
  /** Sorted by age. */
  waiting: ({ sku, since, order_id }: { sku: string; since: string; order_id: string }): Key => ({
    ...keys.waitingLine(sku),
    sk: `${since}#${order_id}`,
  }),
  waitingLine: (sku: string): { pk: string } => ({ pk: `WAITING#${sku}` }),
  waitingLineState: (sku: string): Key => ({ pk: `WAITINGLINE#${sku}`, sk: 'WAITINGLINE' }),
  stockAlerts: (sku: string): Key => ({ ...keys.subject({ sku }), sk: 'ALERTS' }),
  counters: (generation: number, shard: number): Key => ({ pk: `COUNTERS#${generation}#${shard}`, sk: 'COUNTERS' }),
  generations: (): Key => ({ pk: 'COUNTERS', sk: 'GENERATIONS' }),
  /** @param id the event that the mail is about */
  mail: (id: string): Key => ({ pk: `MAIL#${id}`, sk: 'MAIL' }),
  /** A key that never exists; reading it tests the connection. */
  ping: (): Key => ({ pk: 'PING', sk: 'PING' }),
  pseudonymKey: (): Key => ({ pk: 'INSTALLATION', sk: 'PSEUDONYM_KEY' }),
  /** In one partition, which holds only erasures under way. */
  erasure: (userId: string): Key => ({ pk: 'ERASURES', sk: `USER#${userId}` }),
  job: (name: string): Key => ({ pk: `JOB#${name}`, sk: 'JOB' }),
  reference: (userId: string, reference: string): Key => ({
    pk: `REFERENCE#${userId}#${normalised(reference)}`,
    sk: 'UNIQUE',
  }),
}

const newsPartition = (name: string): string => `NEWS#${shardOf(name, unrelayedShards)}`

/** Index attributes of items that can be listed, and the partitions a list reads. */
export const listings = {
  /** @param dueAt epoch ms; orders that wait for nothing are not in the index of due ones */
  order: (order: Pick<Order, 'id' | 'user_id' | 'created_at' | 'status'>, dueAt: number | undefined) => ({
    owner: `ORDERS#${order.user_id}`,
    owner_sort: `${order.created_at}#${order.id}`,
    list: `ORDERS#${shardOf(order.id, orderListShards)}`,
    ...(isFinal(order.status) ? {} : { open: `ORDERS#${shardOf(order.id, orderListShards)}` }),
    list_sort: `${order.created_at}#${order.id}`,
    news: newsPartition(order.id),
    ...(dueAt === undefined
      ? {}
      : { due: `ORDERS#${shardOf(order.id, dueShards)}`, due_sort: `${isoTime(dueAt)}#${order.id}` }),
  }),
  stockAlerts: (sku: string) => ({ news: newsPartition(sku), list_sort: sku }),
  unrelayed: (): string[] => Array.from({ length: unrelayedShards }, (_, shard) => `NEWS#${shard}`),
  dueOrders: (): string[] => Array.from({ length: dueShards }, (_, shard) => `ORDERS#${shard}`),
  pendingStart: ({ order_id, at }: { order_id: string; at: string }) => ({
    due: listings.pendingStarts(),
    due_sort: `${at}#${order_id}`,
  }),
  pendingStarts: (): string => 'STARTS',
  ownOrders: (userId: string): string[] => [`ORDERS#${userId}`],
  allOrders: (): string[] => Array.from({ length: orderListShards }, (_, shard) => `ORDERS#${shard}`),
  user: (user: { id: string; created_at: string }) => ({
    list: 'USERS',
    list_sort: `${user.created_at}#${user.id}`,
  }),
  users: (): string[] => ['USERS'],
  apiKey: (apiKey: { id: string; created_at: string }) => ({
    list: 'APIKEYS',
    list_sort: `${apiKey.created_at}#${apiKey.id}`,
  }),
  apiKeys: (): string[] => ['APIKEYS'],
  product: (product: { sku: string }) => ({ list: 'PRODUCTS', list_sort: product.sku }),
  products: (): string[] => ['PRODUCTS'],
}
