import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AdminLogin, AdminSecret } from '#shared/aws/admin-secret.ts'
import { recoverAdmin } from '#shared/jobs/recover-admin.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import { eraseUser } from '#shared/users/erase-user.ts'
import { ensureFirstAdmin } from '#shared/users/first-admin.ts'
import { isPassword } from '#shared/users/password.ts'
import { createUser } from '#shared/users/registration.ts'
import type { NewUser } from '#shared/users/user.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { useWorld } from '#tests/support/world.ts'

const world = useWorld()
let another: CallerContext
beforeAll(async () => {
  const { result } = await signUp({ email: 'another@example.com', role: 'admin' })
  another = contextOf('admin', result.id, Number.POSITIVE_INFINITY)
})

/** Remembers what was shown. */
function secretWith(email: string): AdminSecret & { shown: AdminLogin[] } {
  const shown: AdminLogin[] = []
  return { name: 'a secret', shown, email: async () => email, show: async (login) => void shown.push(login) }
}

const signUp = (names: Pick<NewUser, 'email' | 'username' | 'role'>) => {
  const request = { ...names, password: 'a-good-password' }
  return createUser(world.services, { request, once: onceOf(randomUUID(), request) })
}

const byEmail = async (email: string) => {
  const user = await world.services.store.users.byEmail(email)
  return user ?? expect.fail(`no one has ${email}`)
}

/** Recovers the admin, and checks that the password that was shown is the one to log in with. */
async function recovered(email: string) {
  const secret = secretWith(email)
  const answer = await recoverAdmin(world.services, secret)
  const [login] = secret.shown
  const user = await byEmail(login?.email ?? '')
  expect(user).toMatchObject({ role: 'admin', disabled: false, must_change_password: true })
  expect(await isPassword(login?.password ?? '', user.password_hash)).toBe(true)
  return { answer, user }
}

const erase = (id: string) => eraseUser(world.services, another, id)

/** Each starts where the last one ended. */
describe('recovering the first admin', () => {
  test('lets the existing one in again, under its own address, and ends all its sessions', async () => {
    const before = await byEmail('admin@example.com')
    const { store } = world.services
    await store.transact([
      store.users.replace(before, { ...before, role: 'user', disabled: true, version: before.version + 1 }),
    ])
    const { answer, user } = await recovered('ignored@example.com')
    expect(answer).toEqual({ log_in_as: 'admin', password_in: 'a secret' })
    expect(user).toMatchObject({ id: before.id, email: 'admin@example.com', epoch: before.epoch + 1 })
    expect(await store.users.byEmail('ignored@example.com')).toBeUndefined()
  })

  test('changes the password again when it is repeated', async () => {
    const { user } = await recovered('first@example.com')
    const again = await recovered('first@example.com')
    expect(again.user).toMatchObject({ id: user.id, version: user.version + 1 })
  })

  test('creates another one where it was erased, every time', async () => {
    const ids = new Set<string>()
    for (let n = 0; n < 3; n += 1) {
      const { answer, user } = await recovered('first@example.com')
      expect(answer.log_in_as).toBe('admin')
      ids.add(user.id)
      await erase(user.id)
    }
    expect(ids.size).toBe(3)
  })

  test('leaves the username with the account that has taken it meanwhile', async () => {
    const { result } = await signUp({ email: 'squatter@example.com', username: 'Admin' })
    const { answer, user } = await recovered('first@example.com')
    expect(answer.log_in_as).toBe('first@example.com')
    expect(user.username).toBeNull()
    expect(await world.services.store.users.byUsername('admin')).toMatchObject({ id: result.id, role: 'user' })
    await erase(user.id)
  })

  test('shows no password where another account has the address, and says so', async () => {
    await signUp({ email: 'first@example.com' })
    const secret = secretWith('first@example.com')
    await expect(recoverAdmin(world.services, secret)).rejects.toThrow(
      'Another account has the e-mail address in a secret',
    )
    expect(secret.shown).toEqual([])
    expect(await byEmail('first@example.com')).toMatchObject({ role: 'user' })
  })
})

test('a deployment does not create a first admin again who was erased', async () => {
  const admin = { email: 'late@example.com', password: 'a-good-password', mustChangePassword: true }
  expect(await ensureFirstAdmin(world.services, admin)).toMatchObject({ isNew: false })
  expect(await world.services.store.users.byEmail(admin.email)).toBeUndefined()
})
