import * as z from 'zod/mini'
import { onlyNew } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item } from '#shared/dynamodb/item.ts'
import { getItem, getItems, query, queryRange } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import type { Subject, SubjectEvent } from '#shared/events/event.ts'
import { Fault } from '#shared/requests/fault.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'
import { eventCodec } from './orders.ts'
import { stockEventCodec } from './stock-alerts.ts'

/** How far a subject's events have been relayed, and in which generation of the counters they are counted. */
export const Cursor = z.object({ sequence: z.int(), generation: z.int() })
export type Cursor = z.infer<typeof Cursor>
const cursorCodec = codec('cursor', Cursor)

/** The generation of counters that is shown, and the one that new subjects count into: the same, except during a rebuild. */
const Generations = z.object({ shown: z.int(), newest: z.int(), announced_at: z.int() })
export type Generations = z.infer<typeof Generations>
const generationsCodec = codec('generations', Generations)
const firstGenerations: Generations = { shown: 1, newest: 1, announced_at: 0 }

/** Events that are read together: as many as the bus takes in one call. */
const batchSize = 10

export interface News {
  cursor: Cursor
  /** What follows the cursor, without a gap; not more than a batch. */
  events: SubjectEvent[]
  hasMore: boolean
}

export const outboxStore = (connection: Connection) => {
  const readGenerations = (items: Item[]): Generations => {
    const item = items.find(({ entity }) => entity === 'generations')
    return item === undefined ? firstGenerations : generationsCodec.decode(item)
  }
  const cursor = async (subject: Subject): Promise<Cursor | undefined> => {
    return cursorCodec.decodeFound(await getItem(connection, keys.cursor(subject)))
  }
  const generations = async (): Promise<Generations> =>
    readGenerations(await getItems(connection, [keys.generations()]))
  /**
   * Every subject reads the same generations, so only one without a cursor does: in the same round where the first event is
   * new, otherwise in another one.
   */
  const cursorForNews = async (subject: Subject, from: number): Promise<Cursor> => {
    if (from > 1) return (await cursor(subject)) ?? { sequence: 0, generation: (await generations()).newest }
    const items = await getItems(connection, [keys.cursor(subject), keys.generations()])
    const item = items.find(({ entity }) => entity === 'cursor')
    return item === undefined ? { sequence: 0, generation: readGenerations(items).newest } : cursorCodec.decode(item)
  }
  const eventsFrom = (subject: Subject, sequence: number) =>
    query(connection, {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':pk': keys.subject(subject).pk,
        ':first': keys.event(subject, sequence).sk,
        ':last': 'EVENT#~',
      },
      ConsistentRead: true,
      Limit: batchSize,
    })
  return {
    /**
     * The events after the subject's cursor. Consistent, in one round trip unless more is missing than the caller knew.
     * @param from number of the first event that the caller knows to be new
     * @throws when an event is missing in between
     */
    async news(subject: Subject, from: number): Promise<News> {
      const [reached, guess] = await Promise.all([cursorForNews(subject, from), eventsFrom(subject, from)])
      const first = reached.sequence + 1
      const { items, last } = first < from ? await eventsFrom(subject, first) : guess
      const events = items.map(decodeEvent).filter(({ sequence }) => sequence >= first)
      for (const [n, { sequence }] of events.entries()) {
        if (sequence !== first + n) throw new Fault(`Event ${first + n} is missing before ${sequence}`)
      }
      return { cursor: reached, events, hasMore: last !== undefined }
    },

    /** Number of the last relayed event of each subject, 0 where none was relayed. Consistent. */
    async sequences(subjects: Subject[]): Promise<number[]> {
      const items = await getItems(connection, subjects.map(keys.cursor))
      const byPartition = new Map(items.map((item) => [item['pk'], cursorCodec.decode(item).sequence]))
      return subjects.map((subject) => byPartition.get(keys.subject(subject).pk) ?? 0)
    },

    /** Conditioned on the cursor as it was read: the events it passes are counted in the same transaction. */
    advance: (subject: Subject, before: Cursor, after: Cursor): Write<'overtaken'> => ({
      operation: {
        Put: {
          Item: cursorCodec.encode(keys.cursor(subject), after),
          ...(before.sequence === 0
            ? onlyNew
            : {
                ConditionExpression: '#sequence = :sequence AND #generation = :generation',
                ExpressionAttributeNames: { '#sequence': 'sequence', '#generation': 'generation' },
                ExpressionAttributeValues: { ':sequence': before.sequence, ':generation': before.generation },
              }),
        },
      },
      failure: () => 'overtaken',
    }),

    /** Undefined as long as nothing was relayed. Consistent. */
    cursor,

    /** The first events, up to and with number `sequence`. Consistent. */
    async eventsUpTo(subject: Subject, sequence: number): Promise<SubjectEvent[]> {
      const { pk } = keys.subject(subject)
      return (await queryRange(connection, { pk, ...keys.events({ upTo: sequence }) })).map(decodeEvent)
    },

    generations,

    setGenerations: (before: Generations, after: Generations): Write<'overtaken'> => ({
      operation: {
        Put: {
          Item: generationsCodec.encode(keys.generations(), after),
          ConditionExpression: 'attribute_not_exists(pk) OR (shown = :shown AND newest = :newest)',
          ExpressionAttributeValues: { ':shown': before.shown, ':newest': before.newest },
        },
      },
      failure: () => 'overtaken',
    }),
  }
}

const decodeEvent = (item: Item): SubjectEvent =>
  item['entity'] === 'stock_event' ? stockEventCodec.decode(item) : eventCodec.decode(item)
