import { onlyNew, onlyVersion } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item, Key } from '#shared/dynamodb/item.ts'
import { examinedPage, itemsOf, type Page, type PageRequest, type Select } from '#shared/dynamodb/list-page.ts'
import { getItem, getItems } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { StoredUser } from '#shared/users/stored-user.ts'
import { accountClaim, releaseClaims } from './account-claims.ts'
import { codec } from './codec.ts'
import { keys, listings } from './keys.ts'

export const userCodec = codec('user', StoredUser)

/** Why a user could not be created. */
export type UserConflict =
  | { kind: 'user_exists'; user: StoredUser }
  | { kind: 'email_taken' }
  | { kind: 'username_taken' }

export const userStore = (connection: Connection) => {
  const get = async (id: string): Promise<StoredUser | undefined> => {
    return userCodec.decodeFound(await getItem(connection, keys.user(id)))
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

    /** Newest first; all, or those selected. */
    list(select: Select<StoredUser> | undefined, page: PageRequest): Promise<Page<StoredUser>> {
      const listing = { index: 'listing', partitions: listings.users(), descending: true } as const
      return examinedPage(connection, listing, page, itemsOf(connection, userCodec.decode, select))
    },

    /** Replaces a user as it was read. */
    replace: (before: StoredUser, after: StoredUser): Write<'changed'> => ({
      replaces: before.version,
      operation: { Put: { Item: encoded(after), ...onlyVersion(before.version) } },
      failure: () => 'changed',
    }),

    /**
     * Writes an account in another form that shows in no answer, so its version stays. Does nothing if it has changed: the
     * form can wait for the next time.
     */
    async rewrite(user: StoredUser): Promise<void> {
      await writeOne(connection, { operation: { Put: { Item: encoded(user), ...onlyVersion(user.version) } } })
    },

    /**
     * Replaces a user as it was read, with another e-mail: its claim moves along. Two spellings of one address have the same
     * claim.
     */
    replaceWithEmail: (before: StoredUser, after: StoredUser): Write<'changed' | 'email_taken'>[] => {
      const [old, next] = [keys.email(before.email), keys.email(after.email)]
      const replaced: Write<'changed'> = {
        replaces: before.version,
        operation: { Put: { Item: encoded(after), ...onlyVersion(before.version) } },
        failure: () => 'changed',
      }
      if (old.pk === next.pk) return [replaced]
      return [
        replaced,
        { operation: { Put: { Item: accountClaim(next, after), ...onlyNew } }, failure: () => 'email_taken' },
        { operation: { Delete: { Key: old } } },
      ]
    },

    releaseClaims,

    /** Lets the transaction pass only while this user is an admin who may act. */
    requireAdmin: (id: string): Write<'no_admin'> => ({
      operation: {
        ConditionCheck: {
          Key: keys.user(id),
          ConditionExpression: '#role = :admin AND disabled = :no',
          ExpressionAttributeNames: { '#role': 'role' },
          ExpressionAttributeValues: { ':admin': 'admin', ':no': false },
        },
      },
      failure: () => 'no_admin',
    }),

    /** The user and the claims on its e-mail and username: all or none. */
    create: (user: StoredUser): Write<UserConflict>[] => [
      put(encoded(user), (item) => ({
        kind: 'user_exists',
        user: userCodec.decode(item ?? {}),
      })),
      put(accountClaim(keys.email(user.email), user), () => ({ kind: 'email_taken' })),
      ...(user.username === null
        ? []
        : [put(accountClaim(keys.username(user.username), user), () => ({ kind: 'username_taken' }))]),
    ],
  }
}

const encoded = (user: StoredUser): Item => userCodec.encode(keys.user(user.id), user, listings.user(user))

const put = (item: Item, failure: (item: Item | undefined) => UserConflict): Write<UserConflict> => ({
  operation: { Put: { Item: item, ...onlyNew } },
  failure,
})
