import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import type { Item } from '#shared/dynamodb/item.ts'
import { migrate } from '#shared/jobs/migrate.ts'
import { keys } from '#shared/store/keys.ts'
import { listUsers, readUser, updateUser } from '#shared/users/administration.ts'
import { contextOf } from '#tests/support/in-process.ts'
import { overtaken, useWorld } from '#tests/support/world.ts'
import { endless, learningRelease, migrateAll, oldRelease, oldUsers } from './old-users.ts'

const world = useWorld()
const users = oldUsers(world)
const admin = contextOf('admin', 'usr_admin', Number.POSITIVE_INFINITY)
const shown = (id: string) => readUser(world.services, id)

describe('users whose schema drops a field that follows from their role', () => {
  test('can be read and written by the learning release and by those before and after', async () => {
    const { itemOf, rename, renameNow } = users
    const [id = ''] = await users.store(1)
    await rename(learningRelease, id, 'by the learning release')
    expect(oldRelease.decode(await itemOf(id))).toMatchObject({ name: 'by the learning release', version: 2 })
    await rename(oldRelease, id, 'by the old one')

    expect(await shown(id)).toMatchObject({ name: 'by the old one', version: 3 })
    await renameNow(id, 'by the current one')
    const item = await itemOf(id)
    expect(item).toMatchObject({ schema: 2, version: 4, list: 'USERS' })
    for (const stored of [item, item['first']]) expect(stored).not.toHaveProperty('is_admin')
    await rename(learningRelease, id, 'by the learning one again')
    expect(await itemOf(id)).toMatchObject({ schema: 1, version: 5, first: { is_admin: expect.any(Boolean) } })
    const { role, is_admin } = await shown(id)
    expect(is_admin).toBe(role === 'admin')
    await renameNow(id, 'by the current one again')
    // The old release is no longer running by then: it refuses the new schema.
    await expect(rename(oldRelease, id, 'x')).rejects.toThrow('Item is user 2, not user 1')
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
    expect(await users.schemas(ids)).toEqual(new Set([2]))
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
    expect(await users.itemOf(id)).toMatchObject({ schema: 2, name: 'in between' })
    await migrateAll(world)
  })

  test('of the earliest kind, without version and list entry, are read and migrated', async () => {
    const earliest = ({ list: _, list_sort: __, version: ___, first, ...item }: Item): Item => {
      const { version: ____, ...created } = Object(first)
      return { ...item, first: created }
    }
    const [id = ''] = await users.store(1, earliest)
    const change = (name: string) => updateUser(world.services, admin, { id, change: { name } })
    const listed = async () =>
      (await listUsers(world.services, admin, { limit: 1, q: id })).users.map((user) => user.id)
    expect(await shown(id)).toMatchObject({ id, version: 1 })
    expect(await listed()).toEqual([])
    await expect(change('too early')).rejects.toMatchObject({ code: 'concurrent_update' })
    await migrateAll(world)
    expect(await listed()).toEqual([id])
    expect(await change('Jo')).toMatchObject({ name: 'Jo', version: 2 })
  })
})
