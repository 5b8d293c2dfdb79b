import type { Connection } from '#shared/dynamodb/connection.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import type { Session } from '#shared/users/session.ts'
import { keys } from './keys.ts'

/** How a session stands in the set of its user: the oldest sorts first. */
const entryOf = ({ id, started_at }: Pick<Session, 'id' | 'started_at'>): string => `${started_at}#${id}`

/**
 * The sessions of a user that have not been ended; those that expired may still be there. One item per user, changed by
 * updates that cannot conflict.
 */
export const openSessions = (connection: Connection) => ({
  /** @returns the ids of all, the oldest first */
  async add(session: Session): Promise<{ id: string; started_at: number }[]> {
    const written = await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.openSessions(session.user_id),
          UpdateExpression: 'ADD #open :entry SET entity = :entity, #schema = :schema, expires_at = :expires',
          ExpressionAttributeNames: { '#open': 'sessions', '#schema': 'schema' },
          ExpressionAttributeValues: {
            ':entry': new Set([entryOf(session)]),
            ':entity': 'open_sessions',
            ':schema': 1,
            ':expires': session.expires_at,
          },
        },
      },
    })
    const stored = written.failed ? undefined : written.item?.['sessions']
    const entries = stored instanceof Set ? [...(stored as Set<string>)] : []
    return entries.toSorted().map((entry) => {
      const [startedAt, id = ''] = entry.split('#')
      return { id, started_at: Number(startedAt) }
    })
  },

  /** Removing one that is not there changes nothing. */
  async remove(userId: string, session: Pick<Session, 'id' | 'started_at'>): Promise<void> {
    await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.openSessions(userId),
          UpdateExpression: 'DELETE #open :entry',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#open': 'sessions' },
          ExpressionAttributeValues: { ':entry': new Set([entryOf(session)]) },
        },
      },
    })
  },
})
