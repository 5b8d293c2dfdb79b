import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { type CodePlace, placeOf, StoredCode } from '#shared/users/code.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

const codeCodec = codec('code', StoredCode)

export const codeStore = (connection: Connection) => ({
  /**
   * Replaces the code that was there. Events may arrive in another order than they were asked for.
   * @returns false when a newer request has a code already
   */
  async issue(code: StoredCode): Promise<boolean> {
    const { failed } = await writeOne(connection, {
      operation: {
        Put: {
          Item: codeCodec.encode(keys.code(placeOf(code)), code),
          ConditionExpression: 'attribute_not_exists(pk) OR requested_at <= :at',
          ExpressionAttributeValues: { ':at': code.requested_at },
        },
      },
    })
    return !failed
  },

  /**
   * Uses up one try before the code is compared, so that many tries at once are no more than one after the other.
   * @param now epoch milliseconds
   * @returns undefined when no code is valid there
   */
  async takeTry(place: CodePlace, now: number): Promise<StoredCode | undefined> {
    const written = await writeOne(connection, {
      operation: {
        Update: {
          Key: keys.code(place),
          UpdateExpression: 'ADD tries_left :less',
          ConditionExpression: 'used = :no AND tries_left > :none AND expires_at > :now',
          ExpressionAttributeValues: { ':less': -1, ':no': false, ':none': 0, ':now': Math.floor(now / 1000) },
        },
      },
    })
    return written.failed ? undefined : codeCodec.decodeFound(written.item)
  },

  /** Whether there is one or not. */
  discard: (place: CodePlace): Write<never> => ({ operation: { Delete: { Key: keys.code(place) } } }),

  /** Fails when the code was used, or replaced by a newer one. */
  use: (code: StoredCode): Write<'code_spent'> => ({
    operation: {
      Update: {
        Key: keys.code(placeOf(code)),
        UpdateExpression: 'SET used = :yes',
        ConditionExpression: 'used = :no AND event_id = :event',
        ExpressionAttributeValues: { ':yes': true, ':no': false, ':event': code.event_id },
      },
    },
    failure: () => 'code_spent',
  }),
})
