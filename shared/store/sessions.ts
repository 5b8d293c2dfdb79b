import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { codec } from './codec.ts'
import { type Connection, persist } from './connection.ts'
import { keys } from './keys.ts'
import { getItem } from './read.ts'

/** A family of refresh tokens: one login on one device. No token is stored: each is derived from id and generation. */
const Session = z.object({
  id: z.string(),
  user_id: z.string(),
  /** Epoch milliseconds. */
  started_at: z.int(),
  /** Number of the newest token handed out. */
  generation: z.int(),
  /** Epoch milliseconds. */
  rotated_at: z.int(),
  ended: z.boolean(),
  /** Epoch seconds, as DynamoDB's time to live wants it. */
  expires_at: z.int(),
})
export type Session = z.infer<typeof Session>
const sessionCodec = codec('session', Session)

export const sessionStore = (connection: Connection) => {
  const { table } = connection
  const get = async (id: string): Promise<Session | undefined> => {
    const item = await getItem(connection, keys.session(id))
    return item === undefined ? undefined : sessionCodec.decode(item)
  }
  return {
    async start(session: Session): Promise<void> {
      const command = new PutCommand({ TableName: table, Item: sessionCodec.encode(keys.session(session.id), session) })
      await persist(connection, (options) => connection.client.send(command, options))
    },

    get,

    /**
     * Moves a live session from `generation` to the next.
     * @returns the session as it is afterwards, and whether this call moved it
     */
    async rotate(
      id: string,
      generation: number,
      now: number,
      expiresAt: number,
    ): Promise<{ rotated: boolean; session: Session | undefined }> {
      const command = new UpdateCommand({
        TableName: table,
        Key: keys.session(id),
        UpdateExpression: 'SET generation = :next, rotated_at = :now, expires_at = :expires',
        ConditionExpression: 'generation = :generation AND ended = :no AND expires_at > :seconds',
        ExpressionAttributeValues: {
          ':generation': generation,
          ':next': generation + 1,
          ':no': false,
          ':now': now,
          ':seconds': Math.floor(now / 1000),
          ':expires': expiresAt,
        },
        ReturnValues: 'ALL_NEW',
      })
      try {
        const { Attributes } = await persist(connection, (options) => connection.client.send(command, options))
        return { rotated: true, session: sessionCodec.decode(Attributes ?? {}) }
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        return { rotated: false, session: await get(id) }
      }
    },

    /** Ends a session for good; ending it twice is no error. */
    async end(id: string): Promise<void> {
      const command = new UpdateCommand({
        TableName: table,
        Key: keys.session(id),
        UpdateExpression: 'SET ended = :yes',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':yes': true },
      })
      try {
        await persist(connection, (options) => connection.client.send(command, options))
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
      }
    },
  }
}
