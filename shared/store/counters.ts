import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { getItems } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { type Counts, sumCounts } from '#shared/events/counts.ts'
import type { Subject } from '#shared/events/event.ts'
import { shardOf } from '#shared/requests/idempotency.ts'
import { keys } from './keys.ts'

/**
 * Spreads the writes: relays of different orders rarely meet at one item. `npm run ceiling` shows how many orders a second
 * they bear. The number may grow, but not shrink: what was counted stays in the shards that there were.
 */
export const counterShards = 128

/** Attributes of a counter item that are not counters. */
const notCounted = new Set(['pk', 'sk', 'entity', 'schema'])

export const counterStore = (connection: Connection) => ({
  /** @param owner decides the shard */
  add: (generation: number, owner: Subject | string, counts: Counts): Write<never> => {
    const names = Object.keys(counts)
    const shard = shardOf(JSON.stringify(owner), counterShards)
    return {
      operation: {
        Update: {
          Key: keys.counters(generation, shard),
          UpdateExpression: `SET entity = :entity, #schema = :one ${names.length > 0 ? `ADD ${names.map((_, n) => `#c${n} :c${n}`).join(', ')}` : ''}`,
          ExpressionAttributeNames: {
            '#schema': 'schema',
            ...Object.fromEntries(names.map((name, n) => [`#c${n}`, name])),
          },
          ExpressionAttributeValues: {
            ':entity': 'counters',
            ':one': 1,
            ...Object.fromEntries(names.map((name, n) => [`:c${n}`, counts[name]])),
          },
        },
      },
    }
  },

  /** All shards of a generation. Consistent, shard by shard. */
  async read(generation: number): Promise<Counts> {
    const wanted = Array.from({ length: counterShards }, (_, shard) => keys.counters(generation, shard))
    return sumCounts((await getItems(connection, wanted)).map(countsIn))
  },
})

const countsIn = (item: Item): Counts =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => (notCounted.has(name) ? [] : [[name, Number(value)]])),
  )
