import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { migrate } from '#shared/jobs/migrate.ts'
import { codecKnowing } from '#shared/store/codec.ts'
import { keys } from '#shared/store/keys.ts'
import { readUser } from '#shared/users/administration.ts'
import { isValidSession } from '#shared/users/credentials.ts'
import { overtaken, useWorld } from '#tests/support/world.ts'
import { endless, learningRelease, migrateAll, oldRelease, oldUsers } from './old-users.ts'

const world = useWorld()
const users = oldUsers(world)
const shown = (id: string) => readUser(world.services, id)

describe('users whose sessions follow an epoch instead of a time', () => {
  test('can be read and written by the learning release and by those before and after', async () => {
    const { itemOf, rename, renameNow } = users
    const [id = ''] = await users.store(1)
    await rename(learningRelease, id, 'by the learning release')
    expect(oldRelease.decode(await itemOf(id))).toMatchObject({ name: 'by the learning release', version: 2 })
    await rename(oldRelease, id, 'by the old one')

    expect(await shown(id)).toMatchObject({ name: 'by the old one', version: 3 })
    await renameNow(id, 'by the current one')
    expect(await itemOf(id)).toMatchObject({ schema: 3, version: 4, list: 'USERS', epoch: 0 })
    await rename(learningRelease, id, 'by the learning one again')
    expect(await itemOf(id)).toMatchObject({ schema: 2, version: 5 })
    expect(await itemOf(id)).not.toHaveProperty('epoch')
    await renameNow(id, 'by the current one again')
    // The old release is no longer running by then: it refuses the new schema.
    await expect(rename(oldRelease, id, 'x')).rejects.toThrow('Item is user 3, not user 2')
  })

  test('are migrated in the background without loss while both releases write', async () => {
    const ids = await users.store(60)
    const before = new Map(await Promise.all(ids.map(async (id) => [id, await shown(id)] as const)))
    const [busy, idle] = [ids.slice(0, 30), ids.slice(30)]
    const writers = busy.flatMap((id, n) => [
      users.rename(learningRelease, id, `learning ${n}`),
      users.rename(learningRelease, id, `also learning ${n}`),
      users.renameNow(id, `current ${n}`),
    ])
    await Promise.all([migrate(world.services, endless), ...writers])
    await migrateAll(world)
    expect(await users.schemas(ids)).toEqual(new Set([3]))
    for (const id of idle) expect(await shown(id)).toEqual(before.get(id))
    for (const id of busy) {
      // Each of the three changes incremented it, and the migration did not.
      expect(await shown(id)).toEqual({
        ...before.get(id),
        version: 4,
        name: expect.stringMatching(/learning|current/),
      })
    }
  })

  test.each([
    ['by a release that writes the version before', (id: string) => users.rename(learningRelease, id, 'in between')],
    ['by this release', (id: string) => users.renameNow(id, 'in between')],
    [
      'by something that does not count versions',
      (id: string) =>
        world.client.send(
          new UpdateCommand({
            TableName: 'holdfast',
            Key: keys.user(id),
            UpdateExpression: 'SET #name = :name',
            ExpressionAttributeNames: { '#name': 'name' },
            ExpressionAttributeValues: { ':name': 'in between' },
          }),
        ),
    ],
  ])('are not overwritten by a job that read them earlier, changed %s', async (_, change) => {
    const [id = ''] = await users.store(1)
    await migrate(
      overtaken(world.services, () => change(id)),
      endless,
    )
    expect(await users.itemOf(id)).toMatchObject({ schema: 3, name: 'in between' })
    await migrateAll(world)
  })

  test('who had ended sessions find all their earlier sessions ended, and no other users do', async () => {
    const ended = { sessions_ended: { at: world.clock.now(), except: 'the-session-that-asked' } }
    const [id = ''] = await users.store(1, (item) => ({ ...item, ...ended }))
    const [other = ''] = await users.store(1)
    const earlier = { id: 'the-session-that-asked', epoch: 0 }
    const isValid = async (user: string) => {
      const stored = await world.services.store.users.get(user)
      return stored && isValidSession(stored, earlier)
    }
    for (const migrated of [false, true]) {
      if (migrated) await migrateAll(world)
      expect([await isValid(id), await isValid(other)]).toEqual([false, true])
    }
    expect(await users.itemOf(id)).not.toHaveProperty('sessions_ended')
  })

  test('have their sessions read as started under the first epoch', async () => {
    const { sessions } = world.services.store
    const session = { id: 'old', user_id: 'usr_1', started_at: 1, generation: 1, rotated_at: 1, ended: false }
    const item = codecKnowing({})('session', z.looseObject({})).encode(keys.session('old'), {
      ...session,
      expires_at: 4_000_000_000,
    })
    await world.client.send(new PutCommand({ TableName: 'holdfast', Item: item }))
    expect(await sessions.get('old')).toMatchObject({ ...session, epoch: 0 })
    const { session: rotated } = await sessions.rotate('old', 1, { now: 2, expiresAt: 4_000_000_000 })
    expect(rotated).toMatchObject({ epoch: 0, generation: 2 })
    await migrateAll(world)
    expect(await sessions.get('old')).toEqual({ ...rotated })
  })
})
