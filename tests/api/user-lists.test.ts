import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, test, vi } from 'vitest'
import type { Role } from '#shared/requests/caller.ts'
import type { User, UsersQuery } from '#shared/users/user.ts'
import { expectStatus, password } from '#tests/support/people.ts'
import { everyPage } from '#tests/support/snapshot.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
/** Prefix of every e-mail and username of this file, which separates its users from all others. */
const prefix = `list-${randomUUID().slice(0, 8)}`

const { admin } = usePeople()
/** As they were created: oldest first. */
const made: User[] = []

async function create(n: number, role: Role, named = false): Promise<User> {
  const username = named ? { username: `${prefix}-name-${n}` } : {}
  const email = named ? `other-${randomUUID()}@example.com` : `${prefix}-${n}@example.com`
  const user = expectStatus(await admin.createUser({ body: { email, password, role, ...username } }), 201)
  made.push(user)
  return user
}

const ids = (users: readonly User[]) => users.map(({ id }) => id)
const newestFirst = (users: readonly User[]) => ids(users).toReversed()
const listed = async (query: UsersQuery, limit?: number): Promise<User[]> => {
  const pages = await everyPage(
    async (page) => expectStatus(await admin.listUsers({ query: { ...query, ...page } }), 200),
    limit,
  )
  return pages.flatMap(({ users }) => users)
}

beforeAll(async () => {
  for (const [n, role] of (['user', 'editor', 'operator', 'user', 'user'] as const).entries()) await create(n, role)
  await create(5, 'user', true)
  const out = made[3]
  if (!out) throw new Error('No user was created')
  const params = { id: out.id }
  made[3] = expectStatus(await admin.updateUser({ params, body: { disabled: true } }), 200)
  // An index follows within seconds.
  const all = async () => expect(await listed({ q: prefix })).toHaveLength(made.length)
  await vi.waitFor(all, { timeout: 30_000, interval: 200 })
})

describe('the list of users', () => {
  test('can be searched by the beginning of e-mail or username, newest first', async () => {
    for (const limit of [1, 4, 100]) {
      expect(await listed({ q: prefix.toUpperCase() }, limit), String(limit)).toEqual(made.toReversed())
    }
    expect(ids(await listed({ q: `${prefix}-name` }))).toEqual(newestFirst(made.slice(5)))
    expect(await listed({ q: `${prefix}-unknown` })).toEqual([])
  })

  test.each<[UsersQuery, (user: User) => boolean]>([
    [{ role: 'user' }, ({ role }) => role === 'user'],
    [{ role: 'admin' }, () => false],
    [{ disabled: 'true' }, ({ disabled }) => disabled],
    [{ disabled: 'false' }, ({ disabled }) => !disabled],
    [{ role: 'user', disabled: 'false' }, ({ role, disabled }) => role === 'user' && !disabled],
  ])('returns only the users that pass every filter: %j', async (filter, passes) => {
    expect(ids(await listed({ q: prefix, ...filter }, 2))).toEqual(newestFirst(made.filter(passes)))
  })

  test('without filters has everyone once', async () => {
    const all = ids(await listed({}))
    expect(all).toEqual([...new Set(all)])
    expect(all.filter((id) => ids(made).includes(id))).toEqual(newestFirst(made))
  })

  test('accepts a cursor only with the same filters from the same admin', async () => {
    const { page } = expectStatus(await admin.listUsers({ query: { q: prefix, limit: 1 } }), 200)
    const cursor = page.next_cursor ?? ''
    const refused = { status: 400, body: { code: 'invalid_cursor' } }
    expect(await admin.listUsers({ query: { limit: 1, cursor } })).toMatchObject(refused)
    expect(await admin.listUsers({ query: { q: prefix, role: 'user', cursor } })).toMatchObject(refused)
  })

  test.each(['role=root', 'disabled=1', 'q=', 'email=x', 'sort=email'])('refuses ?%s', async (search) => {
    const headers = { Authorization: `Bearer ${admin.tokens.access_token}` }
    expect((await fetch(`${baseUrl}/users?${search}`, { headers })).status).toBe(422)
  })
})
