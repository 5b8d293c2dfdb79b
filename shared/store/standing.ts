import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItems } from '#shared/dynamodb/read.ts'
import type { UserCaller } from '#shared/requests/caller.ts'
import type { Standing } from '#shared/users/standing.ts'
import { keys } from './keys.ts'
import { sessionCodec } from './sessions.ts'
import { userCodec } from './users.ts'

/** Reads the account and the session of a signed-in person: consistent, one round trip, two read units. */
export const standingReader =
  (connection: Connection) =>
  async ({ id, session }: Pick<UserCaller, 'id' | 'session'>): Promise<Standing> => {
    const [user, login] = [keys.user(id), keys.session(session.id)]
    const items = await getItems(connection, [user, login])
    const find = ({ pk }: { pk: string }) => items.find((item) => item['pk'] === pk)
    return { user: userCodec.decodeFound(find(user)), session: sessionCodec.decodeFound(find(login)) }
  }
