import * as z from 'zod/mini'
import { Creation } from '#shared/requests/idempotency.ts'
import { User } from '#shared/users/user.ts'
import { codec, type Item } from './codec.ts'
import { onlyNew } from './conditions.ts'
import type { Connection } from './connection.ts'
import { type Key, keys } from './keys.ts'
import { getItem, getItems } from './read.ts'
import type { Write } from './transact.ts'

/** `first` is the user as created: what a repeated creation is answered with. */
const StoredUser = z.object({
  ...User.shape,
  password_hash: z.string(),
  /** Set by a password change: sessions that began before `at` (epoch ms) are over, but for the one it came from. */
  sessions_ended: z.exactOptional(z.object({ at: z.int(), except: z.string() })),
  creation: Creation,
  first: User,
})
export type StoredUser = z.infer<typeof StoredUser>
const userCodec = codec('user', StoredUser)

/** Why a user could not be created. */
export type UserConflict =
  | { kind: 'user_exists'; user: StoredUser }
  | { kind: 'email_taken' }
  | { kind: 'username_taken' }

export const userStore = (connection: Connection) => {
  const get = async (id: string): Promise<StoredUser | undefined> => {
    const item = await getItem(connection, keys.user(id))
    return item === undefined ? undefined : userCodec.decode(item)
  }
  const byUniqueKey = async (key: Key): Promise<StoredUser | undefined> => {
    const claim = await getItem(connection, key)
    return claim === undefined ? undefined : get(String(claim['user_id']))
  }
  return {
    get,
    byEmail: (email: string) => byUniqueKey(keys.email(email)),
    /** Users of some ids; consistent, in no particular order. */
    async some(ids: string[]): Promise<StoredUser[]> {
      return (await getItems(connection, ids.map(keys.user))).map(userCodec.decode)
    },
    byUsername: (username: string) => byUniqueKey(keys.username(username)),

    /** Replaces a user whose password is still the one that was read. */
    replace: (before: StoredUser, after: StoredUser): Write<'changed'> => ({
      operation: {
        Put: {
          Item: userCodec.encode(keys.user(after.id), after),
          ConditionExpression: 'password_hash = :before',
          ExpressionAttributeValues: { ':before': before.password_hash },
        },
      },
      failure: () => 'changed',
    }),

    /** The user and the claims on its e-mail and username: all or none. */
    create: (user: StoredUser): Write<UserConflict>[] => [
      put(userCodec.encode(keys.user(user.id), user), (item) => ({
        kind: 'user_exists',
        user: userCodec.decode(item ?? {}),
      })),
      put(claim(keys.email(user.email), user), () => ({ kind: 'email_taken' })),
      ...(user.username === null
        ? []
        : [put(claim(keys.username(user.username), user), () => ({ kind: 'username_taken' }))]),
    ],
  }
}

const claim = (key: Key, user: StoredUser): Item => ({ ...key, entity: 'unique', schema: 1, user_id: user.id })

const put = (item: Item, failure: (item: Item | undefined) => UserConflict): Write<UserConflict> => ({
  operation: { Put: { Item: item, ...onlyNew } },
  failure,
})
