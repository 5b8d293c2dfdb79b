import * as z from 'zod/mini'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { queryAll } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { MachineName } from '#shared/workflows/machine-name.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

/** Where an execution waits for its order, and the token that ends the wait. */
const StoredWait = z.object({
  order_id: z.string(),
  /** Sequence of the event that started the execution. */
  sequence: z.int(),
  machine: MachineName,
  state: z.string(),
  token: z.string(),
  /** When the state was entered, in the one form whose order as texts is that of the times, however it was written. */
  since: z.pipe(
    z.string(),
    z.transform((text) => isoTime(Date.parse(text))),
  ),
  /** Epoch seconds after which DynamoDB may remove it. */
  expires_at: z.int(),
})
export type StoredWait = z.infer<typeof StoredWait>
const waitCodec = codec('wait', StoredWait)

export const waitStore = (connection: Connection) => ({
  /** Replaces the execution's previous wait; a late call does not overwrite a newer one. */
  register: (wait: StoredWait): Write<'overtaken'> => ({
    operation: {
      Put: {
        Item: waitCodec.encode(keys.wait(wait), wait),
        ConditionExpression: 'attribute_not_exists(pk) OR #since <= :since',
        ExpressionAttributeNames: { '#since': 'since' },
        ExpressionAttributeValues: { ':since': isoTime(Date.parse(wait.since)) },
      },
    },
    failure: () => 'overtaken',
  }),

  /** The last wait of each execution that an order has, in order; it may be over. Consistent. */
  async ofOrder(orderId: string): Promise<StoredWait[]> {
    return (await queryAll(connection, keys.order(orderId).pk, 'WAIT#')).map(waitCodec.decode)
  },
})
