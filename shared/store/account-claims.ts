import type { Item, Key } from '#shared/dynamodb/item.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import type { StoredUser } from '#shared/users/stored-user.ts'
import { keys } from './keys.ts'

type Account = Pick<StoredUser, 'id' | 'email' | 'username'>

/** An account's claim on its e-mail or username. */
export const accountClaim = (key: Key, { id }: Pick<Account, 'id'>): Item => ({
  ...key,
  entity: 'unique',
  schema: 1,
  user_id: id,
})

/** Deletes a claim, unless it has become another account's. */
const release = (key: Key, { id }: Account): Write<'changed'> => ({
  operation: {
    Delete: {
      Key: key,
      ConditionExpression: 'user_id = :user',
      ExpressionAttributeValues: { ':user': id },
    },
  },
  failure: () => 'changed',
})

/** Makes e-mail and username free, in the transaction that erases the account. */
export const releaseClaims = (account: Account): Write<'changed'>[] => [
  release(keys.email(account.email), account),
  ...(account.username === null ? [] : [release(keys.username(account.username), account)]),
]
