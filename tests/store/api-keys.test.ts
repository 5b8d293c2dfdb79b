import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { assertKeyValid } from '#shared/api-keys/key-standing.ts'
import { listApiKeys, readApiKey } from '#shared/api-keys/read-api-keys.ts'
import { revokeApiKey } from '#shared/api-keys/revoke-api-key.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newDatedSecret } from '#shared/users/new-secrets.ts'
import { admin, day, shown, useKeys } from './key-world.ts'

const { world, configured, create, rotate, authorize } = useKeys()

describe('a repeat', () => {
  test('of a creation shows the same key for a day, and then everything else', async () => {
    const idempotencyKey = randomUUID()
    const first = await create({}, world.services, idempotencyKey)
    world.clock.pass(day - 1)
    const again = await create({}, world.services, idempotencyKey)
    expect(again).toEqual({ result: first.result, replayed: true })
    world.clock.pass(1)
    const late = await create({}, world.services, idempotencyKey)
    expect(late).toEqual({ result: { ...first.result, key: null }, replayed: true })
  })

  test('of a creation makes one key, however many arrive at once', async () => {
    const idempotencyKey = randomUUID()
    const all = await Promise.all(Array.from({ length: 8 }, () => create({}, world.services, idempotencyKey)))
    expect(new Set(all.map(shown)).size).toBe(1)
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1)
  })

  test('of a rotation shows the same key, also when the key was rotated or revoked since', async () => {
    const { result } = await create()
    const idempotencyKey = randomUUID()
    const first = await rotate(result.id, idempotencyKey)
    await rotate(result.id)
    expect(await rotate(result.id, idempotencyKey)).toEqual({ result: first.result, replayed: true })
    await revokeApiKey(world.services, admin, result.id)
    expect(await rotate(result.id, idempotencyKey)).toEqual({ result: first.result, replayed: true })
    await expect(rotate(result.id)).rejects.toMatchObject({ code: 'api_key_ended' })
  })

  test('gets its first answer after the expiry has passed, and when there is no room for another key', async () => {
    const idempotencyKey = randomUUID()
    const more = { expires_at: new Date(world.clock.now() + 60_000).toISOString() }
    const first = await create(more, world.services, idempotencyKey)
    world.clock.pass(2)
    await expect(create(more)).rejects.toMatchObject({ code: 'validation_failed' })
    const again = await create(more, configured({ API_KEY_LIMIT: 0 }), idempotencyKey)
    expect(again).toEqual({ result: first.result, replayed: true })
  })

  test('shows the key when the secret it was made with was rotated, and not when that was replaced', async () => {
    const idempotencyKey = randomUUID()
    const first = await create({}, world.services, idempotencyKey)
    const {
      secrets: [secret],
    } = await world.services.secrets.apiKey.current()
    if (!secret) throw new Error('There is no secret')
    const withSecrets = (secrets: (typeof secret)[]): Services => {
      const apiKey = { current: async () => ({ secrets }), refreshed: async () => ({ secrets }) }
      return { ...world.services, secrets: { ...world.services.secrets, apiKey } }
    }
    const next = newDatedSecret(world.clock.now())
    expect(shown(await create({}, withSecrets([secret, next]), idempotencyKey))).toBe(shown(first))
    const replaced = await create({}, withSecrets([next]), idempotencyKey)
    expect(replaced.result.key).toBeNull()
    expect(await authorize(shown(first))).toMatchObject({ sub: first.result.id })
  })
})

describe('a revoked key', () => {
  test('fails the check of the table at once, whatever the authorizer remembers', async () => {
    const { result } = await create()
    const caller = { key: { generation: 1 } }
    const check = async () =>
      assertKeyValid(await world.services.store.apiKeys.getStanding(result.id), caller, world.clock.now())
    await expect(check()).resolves.toBeUndefined()
    await revokeApiKey(world.services, admin, result.id)
    await expect(check()).rejects.toMatchObject({ code: 'not_authenticated' })
    await expect((async () => assertKeyValid(undefined, caller, world.clock.now()))()).rejects.toMatchObject({
      code: 'not_authenticated',
    })
  })

  test('is remembered by the authorizer for less than a minute', async () => {
    const first = await create()
    await authorize(shown(first))
    await revokeApiKey(world.services, admin, first.result.id)
    world.clock.pass(1)
    expect(await authorize(shown(first))).toBe('Unauthorized')
  })

  test('keeps the time at which it was revoked first, and its uses', async () => {
    const first = await create()
    await authorize(shown(first))
    await revokeApiKey(world.services, admin, first.result.id)
    const before = await readApiKey(world.services, first.result.id)
    world.clock.pass(5)
    await revokeApiKey(world.services, admin, first.result.id)
    expect(await readApiKey(world.services, first.result.id)).toEqual(before)
    expect(before).toMatchObject({ revoked_at: expect.any(String), last_used_at: expect.any(String) })
  })
})

describe('the number of keys', () => {
  /** Keys that count. */
  const inUse = async (): Promise<number> => {
    let count = 0
    let cursor: string | undefined
    do {
      const query = { limit: 100, revoked: 'false' as const, ...(cursor === undefined ? {} : { cursor }) }
      const { api_keys, page } = await listApiKeys(world.services, admin, query)
      count += api_keys.length
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    return count
  }

  test('never exceeds its limit, however many are made at once, and a revoked one makes room once', async () => {
    const limit = (await inUse()) + 3
    const few = configured({ API_KEY_LIMIT: limit })
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => create({}, few)))
    const made = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.result] : []))
    expect(made).toHaveLength(3)
    const [first] = made
    if (!first) throw new Error('No key was made')
    await expect(create({}, few)).rejects.toMatchObject({ code: 'api_key_limit_reached', extras: { limit } })
    await Promise.all(Array.from({ length: 4 }, () => revokeApiKey(world.services, admin, first.id)))
    await create({}, few)
    await expect(create({}, few)).rejects.toMatchObject({ code: 'api_key_limit_reached' })
    expect(await inUse()).toBe(limit)
  })
})
