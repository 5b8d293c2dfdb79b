import { PutCommand } from '@aws-sdk/lib-dynamodb'
import bcrypt from 'bcryptjs'
import { describe, expect, test } from 'vitest'
import { keys } from '#shared/store/keys.ts'
import { changePassword } from '#shared/users/change-password.ts'
import { logIn, refreshSession } from '#shared/users/sessions.ts'
import { contextOf } from '#tests/support/in-process.ts'
import { useWorld } from '#tests/support/world.ts'
import { migrateAll, oldUsers } from './old-users.ts'

const world = useWorld()
const users = oldUsers(world)
const password = 'P\u00E4sswort12'
const decomposed = 'Pa\u0308sswort12'

/** A user whose password an earlier release has hashed. */
async function oldUser(): Promise<string> {
  const password_hash = await bcrypt.hash(password, 4)
  const [id = ''] = await users.store(1, (item) => ({ ...item, password_hash }))
  const claim = { ...keys.email(`${id}@example.com`), entity: 'unique', schema: 1, user_id: id }
  await world.client.send(new PutCommand({ TableName: 'holdfast', Item: claim }))
  return id
}

const attempt = (id: string, secret: string) =>
  logIn(world.services, { login: { email: `${id}@example.com`, password: secret }, clientAddress: '192.0.2.1' })
const stored = async (id: string) => {
  const user = await world.services.store.users.get(id)
  if (!user) throw new Error('The user is gone')
  return user
}

describe.each([
  ['as the release before stored it', false],
  ['and migrated meanwhile', true],
])('a password that was hashed by an earlier release, %s,', (_, isMigrated) => {
  const newUser = async () => {
    const id = await oldUser()
    if (isMigrated) await migrateAll(world)
    return id
  }

  test('still logs in, and is hashed as today with the first login', async () => {
    const id = await newUser()
    const before = await stored(id)
    expect(before.password_hash.version).toBe(1)
    await expect(attempt(id, decomposed)).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(await stored(id)).toEqual(before)
    await attempt(id, password)
    const after = await stored(id)
    expect(after).toEqual({ ...before, password_hash: { version: 2, hash: expect.any(String) } })
    expect(await users.itemOf(id)).toMatchObject({ schema: 3 })
    await attempt(id, decomposed)
    expect(await stored(id)).toEqual(after)
  })

  test('that changes during the login keeps the change', async () => {
    const id = await newUser()
    const { services } = world
    const change = { current_password: password, new_password: 'quite-another-password' }
    const { rewrite } = services.store.users
    const overtaken = {
      ...services,
      store: {
        ...services.store,
        users: {
          ...services.store.users,
          async rewrite(user: Parameters<typeof rewrite>[0]) {
            await changePassword(services, contextOf('user', id, Number.POSITIVE_INFINITY), change)
            await rewrite(user)
          },
        },
      },
    }
    const login = { email: `${id}@example.com`, password }
    const { refresh_token } = await logIn(overtaken, { login, clientAddress: '192.0.2.1' })
    expect(await stored(id)).toMatchObject({ version: 2, epoch: 1 })
    await attempt(id, change.new_password)
    await expect(refreshSession(services, refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
  })
})

test('a login writes the account only when the hash is not of today', async () => {
  const id = await oldUser()
  const { services } = world
  let writes = 0
  const { rewrite } = services.store.users
  const counted: typeof rewrite = (user) => {
    writes += 1
    return rewrite(user)
  }
  const store = { ...services.store, users: { ...services.store.users, rewrite: counted } }
  const login = { email: `${id}@example.com`, password }
  for (const expected of [1, 1]) {
    await logIn({ ...services, store }, { login, clientAddress: '192.0.2.1' })
    expect(writes).toBe(expected)
  }
})
