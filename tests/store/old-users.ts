import { randomUUID } from 'node:crypto'
import { BatchWriteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { Item } from '#shared/dynamodb/item.ts'
import { migrate } from '#shared/jobs/migrate.ts'
import { Creation } from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { type Codec, codecKnowing } from '#shared/store/codec.ts'
import { keys, listings } from '#shared/store/keys.ts'
import { schemaChanges } from '#shared/store/schema-changes.ts'
import { updateUser } from '#shared/users/administration.ts'
import { StoredUser } from '#shared/users/stored-user.ts'
import { UserRecord } from '#shared/users/user.ts'
import { contextOf } from '#tests/support/in-process.ts'
import type { useWorld } from '#tests/support/world.ts'

type World = ReturnType<typeof useWorld>

/** Version 2, as earlier releases knew it. */
const SecondUser = z.object({
  ...UserRecord.shape,
  password_hash: z.string(),
  sessions_ended: z.exactOptional(z.object({ at: z.int(), except: z.exactOptional(z.string()) })),
  creation: Creation,
  first: UserRecord,
})
const secondVersion = { user: { version: 2, upgrade: (item: Item) => item } }
export const oldRelease: Codec<z.infer<typeof SecondUser>> = codecKnowing(secondVersion)('user', SecondUser)

const downgrade = ({ epoch, password_hash, ...item }: Item): Item => ({
  ...item,
  password_hash: Object(password_hash).hash,
  ...(Number(epoch) > 0 ? { sessions_ended: { at: 0 } } : {}),
})

/** The release in between reads both versions already, and writes the second. */
export const learningRelease: Codec<StoredUser> = codecKnowing({
  user: { version: 3, upgrade: (item) => item, ...schemaChanges['user'], downgrade },
})('user', StoredUser)

const admin = contextOf('admin', 'usr_admin', Number.POSITIVE_INFINITY)

/** Repeats an update until no concurrent one was faster. */
async function untilFirst(attempt: () => Promise<unknown>, isLost: (error: unknown) => boolean): Promise<void> {
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      if (!isLost(error)) throw error
    }
  }
}

let people = 0

/** Users as earlier releases stored them, and what all releases do to users. */
export function oldUsers(world: World) {
  function oldUser(): { id: string; item: Item } {
    people += 1
    const id = `usr_${randomUUID().replaceAll('-', '').slice(0, 26)}`
    const record: UserRecord = {
      id,
      email: `${id}@example.com`,
      username: null,
      name: `Number ${people}`,
      role: people % 3 === 0 ? 'admin' : 'user',
      disabled: false,
      must_change_password: false,
      version: 1,
      created_at: new Date(world.clock.now() + people).toISOString(),
    }
    const value = { ...record, password_hash: 'x', creation: { digest: id, fingerprint: id }, first: record }
    return { id, item: oldRelease.encode(keys.user(id), value, listings.user(record)) }
  }

  const itemOf = async (id: string): Promise<Item> => {
    const command = new GetCommand({ TableName: 'holdfast', Key: keys.user(id), ConsistentRead: true })
    return (await world.client.send(command)).Item ?? {}
  }

  return {
    itemOf,

    /** @param change what was different about users at that time */
    async store(count: number, change: (item: Item) => Item = (item) => item): Promise<string[]> {
      const users = Array.from({ length: count }, oldUser)
      for (let n = 0; n < count; n += 25) {
        const puts = users.slice(n, n + 25).map(({ item }) => ({ PutRequest: { Item: change(item) } }))
        await world.client.send(new BatchWriteCommand({ RequestItems: { holdfast: puts } }))
      }
      return users.map(({ id }) => id)
    },

    /** The schemas that these users are stored in. */
    schemas: async (ids: string[]) => new Set((await Promise.all(ids.map(itemOf))).map(({ schema }) => schema)),

    /** As a release does it: replaces the whole item, if its version is still the one that was read. */
    rename: <T extends UserRecord>(release: Codec<T>, id: string, name: string): Promise<void> =>
      untilFirst(
        async () => {
          const before = release.decode(await itemOf(id))
          const after = { ...before, name, version: before.version + 1 }
          await world.client.send(
            new PutCommand({
              TableName: 'holdfast',
              Item: release.encode(keys.user(id), after, listings.user(after)),
              ConditionExpression: '#version = :version',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':version': before.version },
            }),
          )
        },
        (error) => error instanceof Error && error.name === 'ConditionalCheckFailedException',
      ),

    /** As this release does it. */
    renameNow: (id: string, name: string): Promise<void> =>
      untilFirst(
        () => updateUser(world.services, admin, { id, change: { name } }),
        (error) => error instanceof Refusal && error.code === 'concurrent_update',
      ),
  }
}

export const endless = { requestId: 'job-run', deadline: Number.POSITIVE_INFINITY }

/** Runs of the job, a minute apart, until it says that it is finished. @returns how many items were moved after each */
export async function migrateAll(
  { services, clock }: Pick<World, 'services' | 'clock'>,
  isHasty = false,
): Promise<number[]> {
  const moved: number[] = []
  for (let run = 0; run < 50; run += 1) {
    const answer = await migrate(services, { ...endless, ...(isHasty ? { deadline: clock.now() } : {}) })
    moved.push(answer.moved)
    if (answer.finished) return moved
    clock.pass(1)
  }
  throw new Error('It does not come to an end')
}
