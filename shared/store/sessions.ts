import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { Session } from '#shared/users/session.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

export const sessionCodec = codec('session', Session)

export const sessionStore = (connection: Connection) => ({
  async start(session: Session): Promise<void> {
    await writeOne(connection, { operation: { Put: { Item: sessionCodec.encode(keys.session(session.id), session) } } })
  },

  get: async (id: string): Promise<Session | undefined> =>
    sessionCodec.decodeFound(await getItem(connection, keys.session(id))),

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
    const written = await writeOne(connection, {
      operation: {
        Update: {
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
        },
      },
      failure: sessionCodec.decodeFound,
    })
    return written.failed
      ? { rotated: false, session: written.failure }
      : { rotated: true, session: sessionCodec.decodeFound(written.item) }
  },

  /** Ends a session permanently. Does nothing if it has ended, or never existed. */
  async end(id: string): Promise<void> {
    await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.session(id),
          UpdateExpression: 'SET ended = :yes',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':yes': true },
        },
      },
    })
  },
})
