import { onlyNew } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Listing } from '#shared/dynamodb/index-walk.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { examinedPage, itemsOf, type Page, type PageRequest, type Select } from '#shared/dynamodb/list-page.ts'
import { getItem, queryRange } from '#shared/dynamodb/read.ts'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { dueAction } from '#shared/orders/due.ts'
import { type Order, OrderEvent, StoredOrder } from '#shared/orders/order.ts'
import type { Transition } from '#shared/orders/transitions.ts'
import { codec } from './codec.ts'
import { type EventRange, keys, listings } from './keys.ts'
import { numberClaim, referenceClaim } from './schema-changes.ts'

const { indexes } = tableDefinition
const orderCodec = codec('order', StoredOrder)
export const eventCodec = codec('event', OrderEvent)

/** Why an order could not be written. */
export type OrderConflict =
  | { kind: 'order_exists'; order: StoredOrder }
  | { kind: 'number_taken' }
  | { kind: 'reference_taken'; orderId: string }
  | { kind: 'order_changed'; order: StoredOrder | undefined }
  | { kind: 'too_many_units'; limit: number }

/** Which orders to list, and in which order. */
export interface OrderListing {
  /** undefined: the orders of all users. */
  owner: string | undefined
  /** Only orders that are not final are wanted: those of all owners have an index of their own. */
  isOpen: boolean
  /** Time of creation: from ≤ created_at < to. */
  from: string | undefined
  to: string | undefined
  newestFirst: boolean
  select: Select<StoredOrder> | undefined
}

/** `order.created`, and what became of the reservation. */
const maxCreationEvents = 2

const encode = (order: StoredOrder): Item =>
  orderCodec.encode(keys.order(order.id), order, listings.order(order, dueAction(order)?.at))

type LimitedRange = EventRange & { limit?: number }

/** In order of sequence, not more than `limit`. Consistent. */
async function readEvents(
  connection: Connection,
  orderId: string,
  { limit, ...range }: LimitedRange = {},
): Promise<OrderEvent[]> {
  const { pk } = keys.order(orderId)
  return (await queryRange(connection, { pk, ...keys.events(range), limit })).map(eventCodec.decode)
}

export const orderStore = (connection: Connection) => ({
  async get(id: string): Promise<StoredOrder | undefined> {
    return orderCodec.decodeFound(await getItem(connection, keys.order(id)))
  },

  /** The id of the order with this number. Consistent. */
  async idOf(number: string): Promise<string | undefined> {
    const claim = await getItem(connection, keys.orderNumber(number))
    return claim && String(claim['order_id'])
  },

  events: (orderId: string, range?: LimitedRange) => readEvents(connection, orderId, range),

  /** The events that the creation wrote. */
  async creationEvents(orderId: string): Promise<OrderEvent[]> {
    const first = await readEvents(connection, orderId, { limit: maxCreationEvents })
    return first.filter(({ version }) => version === 1)
  },

  /** Sorted by time of creation. */
  list({ owner, isOpen, from, to, newestFirst, select }: OrderListing, page: PageRequest): Promise<Page<StoredOrder>> {
    const listing: Listing =
      owner === undefined
        ? { index: isOpen ? 'open' : 'listing', partitions: listings.allOrders(), descending: newestFirst, from, to }
        : { index: 'by-owner', partitions: listings.ownOrders(owner), descending: newestFirst, from, to }
    return examinedPage(connection, listing, page, itemsOf(connection, orderCodec.decode, select))
  },

  /** The order that its owner gave this reference. */
  async byReference(owner: string, reference: string): Promise<StoredOrder | undefined> {
    const claim = await getItem(connection, keys.reference(owner, reference))
    return orderCodec.decodeFound(claim && (await getItem(connection, keys.order(String(claim['order_id'])))))
  },

  /** The order's id is derived from the request, so "it exists" means "this request was already served". */
  create: (order: StoredOrder): Write<OrderConflict> => ({
    operation: {
      Put: {
        Item: encode(order),
        ...onlyNew,
      },
    },
    failure: (item) => ({ kind: 'order_exists', order: orderCodec.decode(item ?? {}) }),
  }),

  /** Replaces the order as it was read; the condition is the transition's own, so the table refuses what it refuses. */
  change: (
    before: Order,
    after: StoredOrder,
    { from, kinds }: Pick<Transition, 'from' | 'kinds'>,
  ): Write<OrderConflict> => ({
    replaces: before.version,
    operation: {
      Put: {
        Item: encode(after),
        ConditionExpression: `#version = :version AND #status IN (${from.map((_, n) => `:from${n}`).join(', ')}) AND #kind IN (${kinds.map((_, n) => `:kind${n}`).join(', ')})`,
        ExpressionAttributeNames: { '#version': 'version', '#status': 'status', '#kind': 'kind' },
        ExpressionAttributeValues: {
          ':version': before.version,
          ...Object.fromEntries(from.map((status, n) => [`:from${n}`, status])),
          ...Object.fromEntries(kinds.map((kind, n) => [`:kind${n}`, kind])),
        },
      },
    },
    failure: (item) => ({ kind: 'order_changed', order: orderCodec.decodeFound(item) }),
  }),

  /**
   * Removes a final order, all of whose events have been relayed, from what the job looks for. Earlier releases kept it among
   * the open orders until then.
   */
  close: ({ id, version }: Pick<Order, 'id' | 'version'>): Write<'overtaken'> => ({
    operation: {
      Update: {
        Key: keys.order(id),
        UpdateExpression: 'REMOVE #open, #unrelayed',
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: {
          '#open': indexes.open.partitionKey,
          '#unrelayed': indexes.unrelayed.partitionKey,
          '#version': 'version',
        },
        ExpressionAttributeValues: { ':version': version },
      },
    },
    failure: () => 'overtaken',
  }),

  /** Adds to the units that a user holds, up to a limit. @param units less than none for those that are given back */
  countUnits: (userId: string, units: number, limit?: number): Write<OrderConflict> => ({
    operation: {
      Update: {
        Key: keys.heldUnits(userId),
        UpdateExpression: 'ADD units :units SET entity = :entity, #schema = :schema',
        ...(limit === undefined ? {} : { ConditionExpression: 'attribute_not_exists(units) OR units <= :room' }),
        ExpressionAttributeNames: { '#schema': 'schema' },
        ExpressionAttributeValues: {
          ':units': units,
          ':entity': 'held_units',
          ':schema': 1,
          ...(limit === undefined ? {} : { ':room': limit - units }),
        },
      },
    },
    failure: () => ({ kind: 'too_many_units', limit: limit ?? 0 }),
  }),

  append: (event: OrderEvent): Write<never> => ({
    operation: { Put: { Item: eventCodec.encode(keys.event(event, event.sequence), event) } },
  }),

  claimNumber: (number: string, orderId: string): Write<OrderConflict> => ({
    operation: { Put: { Item: numberClaim(number, orderId), ...onlyNew } },
    failure: () => ({ kind: 'number_taken' }),
  }),

  /** A reference stays unique per user, without expiry. */
  claimReference: (order: Order, reference: string): Write<OrderConflict> => ({
    operation: {
      Put: {
        Item: referenceClaim(order.user_id, reference, order.id),
        ...onlyNew,
      },
    },
    failure: (item) => ({ kind: 'reference_taken', orderId: String(item?.['order_id']) }),
  }),
})
