import { decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import type { VersionedSecret } from '#shared/aws/secrets-manager.ts'
import { rotateKeys } from '#shared/deployment/rotate-keys.ts'
import { readConfig } from '#shared/runtime/config.ts'
import { Secrets, secretSource } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import { signAccessToken, verifyAccessToken } from '#shared/users/access-token.ts'
import { rotated } from '#shared/users/key-rotation.ts'
import { newSecrets } from '#shared/users/new-secrets.ts'

const minute = 60_000
const start = Date.parse('2026-01-01T00:00:00Z')
const tokenLifetimeMilliseconds = 15 * minute

describe('the keys after a rotation', () => {
  const key = (active_from: number) => ({ active_from })
  const keysAfter = (keys: number[], next: number, now: number) =>
    rotated(keys.map(key), key(next), { now, tokenLifetimeMilliseconds }).map(({ active_from }) => active_from)

  test('are the existing ones and the next one', () => {
    expect(keysAfter([start], start + 10 * minute, start)).toEqual([start, start + 10 * minute])
  })

  test('keep a superseded key until the last token it signed has expired', () => {
    const [old, current] = [start - 90 * minute, start]
    const expiry = current + tokenLifetimeMilliseconds
    expect(keysAfter([old, current], expiry + 9 * minute, expiry - 1)).toEqual([old, current, expiry + 9 * minute])
    expect(keysAfter([old, current], expiry + 10 * minute, expiry)).toEqual([current, expiry + 10 * minute])
  })

  test('keep the key in use, however old, whatever follows', () => {
    expect(keysAfter([0, start + 5 * minute], start + 10 * minute, start)).toEqual([
      0,
      start + 5 * minute,
      start + 10 * minute,
    ])
  })

  test('are never empty, whatever their order', () => {
    const hour = 60 * minute
    expect(keysAfter([start - hour, 0, start - 2 * hour], start + 10 * minute, start)).toEqual([
      start - hour,
      start + 10 * minute,
    ])
  })
})

describe('a rotation by Secrets Manager', () => {
  const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const
  const clock = { now: () => start, sleep: async () => undefined }
  const config = readConfig({})
  let versions: Map<string, string>
  let current: string
  let secret: VersionedSecret
  const secretsIn = (version: string): Secrets => Secrets.parse(JSON.parse(versions.get(version) ?? ''))
  const run = (Step: (typeof steps)[number], ClientRequestToken: string) =>
    rotateKeys({ clock, config }, secret, { Step, ClientRequestToken })

  beforeEach(async () => {
    versions = new Map([['first', JSON.stringify(await newSecrets())]])
    current = 'first'
    secret = {
      read: async (version = current) => versions.get(version),
      propose: async (version, text) => {
        if (versions.has(version)) throw new Error('ResourceExistsException')
        versions.set(version, text)
      },
      promote: async (version) => {
        current = version
      },
    }
  })

  test('adds a key that becomes active in ten minutes, and changes nothing else', async () => {
    for (const step of steps) await run(step, 'second')
    expect(current).toBe('second')
    const [before, after] = [secretsIn('first'), secretsIn('second')]
    expect(after).toEqual({ ...before, signing_keys: [...before.signing_keys, expect.anything()] })
    expect(after.signing_keys[1]?.active_from).toBe(start + 10 * minute)
  })

  test('makes one key however often a step is retried', async () => {
    await run('createSecret', 'second')
    const once = versions.get('second')
    for (const step of [...steps, ...steps]) await run(step, 'second')
    expect(versions.get('second')).toBe(once)
    expect(versions.size).toBe(2)
  })

  test('changes nothing in use before its last step', async () => {
    for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) await run(step, 'second')
    expect(current).toBe('first')
  })

  test.each([
    ['is not there', undefined],
    ['is not JSON', 'random text'],
    [
      'has no keys',
      JSON.stringify({ signing_keys: [], refresh_secret: 'r'.repeat(32), cursor_secret: 'c'.repeat(32) }),
    ],
  ])('refuses a version that %s', async (_, text) => {
    if (text !== undefined) versions.set('second', text)
    await expect(run('testSecret', 'second')).rejects.toThrow()
  })

  test('refuses a version whose newest key is inconsistent', async () => {
    await run('createSecret', 'second')
    const secrets = secretsIn('second')
    const [first, next] = secrets.signing_keys
    if (!first || !next) throw new Error('There have to be two keys')
    const mixed = { ...next, jwk: { ...next.jwk, x: first.jwk.x, y: first.jwk.y } }
    versions.set('third', JSON.stringify({ ...secrets, signing_keys: [first, mixed] }))
    await expect(run('testSecret', 'third')).rejects.toThrow()
  })

  test('keeps old tokens valid, and signs with the new key as soon as it is active', async () => {
    const time = { now: start }
    const moving = { now: () => time.now, sleep: async () => undefined }
    const load = async () => secretsIn(current)
    const world = { config, clock: moving, secrets: secretSource(load, moving) } satisfies Partial<Services>
    const user = { id: 'usr_1', role: 'user', must_change_password: false } as const
    const signed = () => signAccessToken(world, user, { id: 's', epoch: 0 })
    const before = await signed()
    for (const step of steps) await run(step, 'second')

    const [oldKey, newKey] = secretsIn('second').signing_keys
    expect(decodeProtectedHeader((await signed()).token).kid).toBe(oldKey?.kid)
    time.now = start + 10 * minute
    const after = await signed()
    expect(decodeProtectedHeader(after.token).kid).toBe(newKey?.kid)
    for (const { token } of [before, after]) {
      await expect(verifyAccessToken(world, token)).resolves.toMatchObject({ sub: 'usr_1' })
    }
  })
})
