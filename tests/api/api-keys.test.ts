import { describe, expect, inject, test, vi } from 'vitest'
import type { ApiKeysQuery } from '#shared/api-keys/api-key-requests.ts'
import { expectStatus, newKey, newPerson, newProgram } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin } = usePeople()
const create = (body: { name?: string; role?: 'user' | 'operator' | 'integration'; expires_at?: string | null } = {}) =>
  admin.createApiKey({ body: { name: 'Desk', role: 'operator', ...body } })

describe('a new API key', () => {
  test('is shown once, and described afterwards without it', async () => {
    const answer = await create({ name: ' Returns desk ', expires_at: '2100-01-01T00:00:00.5+01:00' })
    const { key, ...described } = expectStatus(answer, 201)
    expect(key).toMatch(/^hf_[a-z]+_[0-9a-z]{52}_[0-9a-z]{39}$/)
    expect(described).toEqual({
      ...{ id: expect.stringMatching(/^key_[0-9a-z]{52}$/), name: 'Returns desk', role: 'operator' },
      ...{ prefix: key?.slice(0, described.prefix.length), created_by: admin.id, created_at: expect.any(String) },
      ...{ expires_at: '2099-12-31T23:00:00.500Z', last_used_at: null, previous_valid_until: null, revoked_at: null },
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('location')).toMatch(new RegExp(`/api-keys/${described.id}$`))
    expect(expectStatus(await admin.getApiKey({ params: { id: described.id } }), 200)).toEqual(described)
  })

  test('never expires unless it is said to', async () => {
    for (const body of [{}, { expires_at: null }]) {
      expect(expectStatus(await create(body), 201).expires_at).toBeNull()
    }
  })

  test('is shown again to a repeat of the request, and to no other admin', async () => {
    const headers = newKey()
    const body = { name: 'Desk', role: 'user' as const }
    const first = await admin.createApiKey({ body, headers })
    const again = await admin.createApiKey({ body, headers })
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const other = await admin.createApiKey({ body: { ...body, role: 'operator' }, headers })
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    const second = expectStatus(await (await newPerson(baseUrl, admin, 'admin')).createApiKey({ body, headers }), 201)
    expect(second.id).not.toBe(expectStatus(first, 201).id)
  })

  test.each([
    ['no name', { role: 'user' }, '#/name'],
    ['a blank name', { name: ' ', role: 'user' }, '#/name'],
    ['no role', { name: 'Desk' }, '#/role'],
    ['the role admin', { name: 'Desk', role: 'admin' }, '#/role'],
    ['an expiry that has passed', { name: 'Desk', role: 'user', expires_at: '2020-01-01T00:00:00Z' }, '#/expires_at'],
    ['an expiry that is no time', { name: 'Desk', role: 'user', expires_at: 'tomorrow' }, '#/expires_at'],
    ['a key of one’s own', { name: 'Desk', role: 'user', key: 'hf_mine' }, '#/key'],
  ])('is refused with %s', async (_, body, pointer) => {
    const answer = await admin.createApiKey({ body: body as never })
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer }] } })
  })
})

test('the list has all keys, newest first, and finds those in use', async () => {
  const role = 'integration' as const
  const [first, second] = [await newProgram(baseUrl, admin, { role }), await newProgram(baseUrl, admin, { role })]
  expectStatus(await admin.revokeApiKey({ params: { id: first.id } }), 204)
  const ids = async (query: ApiKeysQuery): Promise<string[]> => {
    const { api_keys } = expectStatus(await admin.listApiKeys({ query: { limit: 100, role, ...query } }), 200)
    return api_keys.map(({ id }) => id).filter((id) => [first.id, second.id].includes(id))
  }
  await vi.waitFor(async () => expect(await ids({})).toEqual([second.id, first.id]), { timeout: 30_000, interval: 200 })
  expect(await ids({ revoked: 'true' })).toEqual([first.id])
  expect(await ids({ revoked: 'false' })).toEqual([second.id])
  expect(await ids({ role: 'editor' })).toEqual([])
})
