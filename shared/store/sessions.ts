import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { Session } from '#shared/users/session.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'
import { openSessions } from './open-sessions.ts'

export const sessionCodec = codec('session', Session)

/** How often a session may be refreshed in one window of the clock. */
interface RefreshLimit {
  window: number
  most: number
}

export const sessionStore = (connection: Connection) => {
  const sessionsOfUsers = openSessions(connection)
  /** @param known the session, where it was read already */
  const end = async (id: string, known?: Pick<Session, 'id' | 'user_id' | 'started_at'>): Promise<void> => {
    const written = await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.session(id),
          UpdateExpression: 'SET ended = :yes',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':yes': true },
        },
      },
    })
    const session = known ?? (written.failed ? undefined : sessionCodec.decodeFound(written.item))
    if (session) await sessionsOfUsers.remove(session.user_id, session)
  }
  return {
    /** @param most sessions that the user keeps: the oldest end. Any number when there is none. */
    async start(session: Session, most: number | undefined): Promise<void> {
      const operation = { Put: { Item: sessionCodec.encode(keys.session(session.id), session) } }
      const [open] = await Promise.all([sessionsOfUsers.add(session), writeOne(connection, { operation })])
      const surplus = most === undefined ? 0 : Math.max(0, open.length - most)
      await Promise.all(open.slice(0, surplus).map((old) => end(old.id, { ...old, user_id: session.user_id })))
    },

    get: async (id: string): Promise<Session | undefined> =>
      sessionCodec.decodeFound(await getItem(connection, keys.session(id))),

    /**
     * Moves a live session from `generation` to the next. The limit is counted in the session itself, so it costs nothing
     * until a session is refreshed twice in one window.
     * @returns the session as it is afterwards, and whether the limit kept it from being moved
     */
    async rotate(
      id: string,
      generation: number,
      { now, expiresAt, limit }: { now: number; expiresAt: number; limit?: RefreshLimit | undefined },
    ): Promise<{ isLimited: boolean; session: Session | undefined }> {
      const move = (count: string, condition: string | undefined, values: Record<string, unknown>) =>
        writeOne(connection, {
          operation: {
            Update: {
              Key: keys.session(id),
              UpdateExpression: `SET generation = :next, rotated_at = :now, expires_at = :expires${count}`,
              ConditionExpression: `generation = :generation AND ended = :no AND expires_at > :seconds${condition ? ` AND ${condition}` : ''}`,
              ExpressionAttributeValues: {
                ':generation': generation,
                ':next': generation + 1,
                ':no': false,
                ':now': now,
                ':seconds': Math.floor(now / 1000),
                ':expires': expiresAt,
                ...values,
              },
            },
          },
          failure: sessionCodec.decodeFound,
        })
      const first = await (limit
        ? move(', refresh_window = :window, refreshes = :one', 'NOT refresh_window = :window', {
            ':window': limit.window,
            ':one': 1,
          })
        : move('', undefined, {}))
      if (!first.failed) return { isLimited: false, session: sessionCodec.decodeFound(first.item) }
      const found = first.failure
      const isCounting =
        limit && found?.generation === generation && !found.ended && found.refresh_window === limit.window
      if (!isCounting) return { isLimited: false, session: found }
      const again = await move(', refreshes = refreshes + :one', 'refresh_window = :window AND refreshes < :most', {
        ':window': limit.window,
        ':most': limit.most,
        ':one': 1,
      })
      if (!again.failed) return { isLimited: false, session: sessionCodec.decodeFound(again.item) }
      return { isLimited: again.failure?.generation === generation, session: again.failure }
    },

    /** Ends a session permanently; ending it twice, or one that never existed, is no error. */
    end: (id: string): Promise<void> => end(id),
  }
}
