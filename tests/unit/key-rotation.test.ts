import { randomUUID } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { ensureSecrets } from '#shared/deployment/bootstrap.ts'
import { rotatedSecrets, rotateSecret } from '#shared/deployment/rotate-secret.ts'
import { readConfig } from '#shared/runtime/config.ts'
import { cursorKeyring, refreshKeyring, type Secrets, secretSources } from '#shared/runtime/secrets.ts'
import { publicKeys, signAccessToken, verifyAccessToken } from '#shared/users/access-token.ts'
import { rotated } from '#shared/users/key-rotation.ts'
import { memoryVault } from './memory-vault.ts'

const minute = 60_000
const day = 24 * 60 * minute
const start = Date.parse('2026-01-01T00:00:00Z')
const lifetimeMilliseconds = 15 * minute

describe('the keys after a rotation', () => {
  const key = (active_from: number) => ({ active_from })
  const keysAfter = (keys: number[], next: number, now: number) =>
    rotated(keys.map(key), key(next), { now, lifetimeMilliseconds }).map(({ active_from }) => active_from)

  test('are the existing ones and the next one', () => {
    expect(keysAfter([start], start + 10 * minute, start)).toEqual([start, start + 10 * minute])
  })

  test('keep a superseded key until the last token it signed has expired', () => {
    const [old, current] = [start - 90 * minute, start]
    const expiry = current + lifetimeMilliseconds
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
  const user = { id: 'usr_1', role: 'user', must_change_password: false } as const
  const time = { now: start }
  const clock = { now: () => time.now, sleep: async () => undefined }
  const config = readConfig({})
  let stored: ReturnType<typeof memoryVault>
  const run = (name: string, Step: (typeof steps)[number], ClientRequestToken: string) => {
    const SecretId = `arn:aws:secretsmanager:eu-central-1:000000000000:secret:holdfast/prod/${name}-AbCdEf`
    return rotateSecret({ clock, config }, stored.vault, { Step, SecretId, ClientRequestToken })
  }
  const names = {
    signing: 'signing-keys',
    refresh: 'refresh-secrets',
    cursor: 'cursor-secrets',
    apiKey: 'api-key-secrets',
  }
  const rotate = async (name: keyof typeof names, version: string = randomUUID()) => {
    for (const step of steps) await run(names[name], step, version)
  }
  const secretOf = async <N extends keyof Secrets>(name: N) => (await stored.load(name)) as Secrets[N]
  const signingKeys = async () => (await secretOf('signing')).keys
  const services = () => ({ config, clock, secrets: secretSources(stored.load, clock) })

  beforeEach(async () => {
    time.now = start
    stored = memoryVault()
    await ensureSecrets(stored.vault)
  })

  test('adds a key that becomes active ten minutes later and is published before', async () => {
    const before = await signingKeys()
    await rotate('signing')
    const after = await signingKeys()
    expect(after).toEqual([...before, expect.objectContaining({ active_from: start + 10 * minute })])
    expect((await publicKeys(services())).keys.map(({ kid }) => kid)).toEqual(after.map(({ kid }) => kid))
  })

  test('publishes a key before it can become the current one', async () => {
    await run(names.signing, 'createSecret', 'second')
    await expect(run(names.signing, 'testSecret', 'second')).rejects.toThrow()
    await run(names.signing, 'setSecret', 'second')
    await run(names.signing, 'testSecret', 'second')
    expect(await signingKeys()).toHaveLength(1)
    expect((await secretOf('verification')).keys).toHaveLength(2)
  })

  test.each(rotatedSecrets)('of %s changes no other secret, but for what it publishes', async (name) => {
    const before = new Map(stored.texts)
    await rotate(name)
    const changed = [...stored.texts].filter(([one, text]) => before.get(one) !== text).map(([one]) => one)
    expect(changed).toEqual(name === 'signing' ? ['signing', 'verification'] : [name])
  })

  test.each(rotatedSecrets)('of %s adds one, however often a step is repeated', async (name) => {
    for (const step of [...steps, ...steps]) await run(names[name], step, 'second')
    for (const step of [...steps, ...steps]) await run(names[name], step, 'second')
    const secret = await secretOf(name)
    expect('keys' in secret ? secret.keys : secret.secrets).toHaveLength(2)
  })

  test.each(rotatedSecrets)('of %s makes nothing current before its last step', async (name) => {
    const before = stored.texts.get(name)
    for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) await run(names[name], step, 'second')
    expect(stored.texts.get(name)).toBe(before)
  })

  test.each([
    ['is not there', undefined],
    ['is not JSON', 'random text'],
    ['has no keys', JSON.stringify({ keys: [] })],
  ])('refuses a version that %s', async (_, text) => {
    if (text !== undefined) await stored.vault('signing').propose('second', text)
    await expect(run(names.signing, 'testSecret', 'second')).rejects.toThrow()
  })

  test('refuses a version whose newest key does not fit together', async () => {
    await rotate('signing')
    const [first, next] = await signingKeys()
    if (!first || !next) throw new Error('There have to be two keys')
    const mixed = { ...next, jwk: { ...next.jwk, d: first.jwk.d } }
    await stored.vault('signing').propose('third', JSON.stringify({ keys: [first, mixed] }))
    await expect(run(names.signing, 'testSecret', 'third')).rejects.toThrow()
  })

  test.each(['holdfast/prod/metrics-token', 'holdfast/prod/verification-keys', 'holdfast/prod/first-admin'])(
    'refuses %s',
    async (secretId) => {
      await expect(run(secretId, 'createSecret', 'second')).rejects.toThrow('not a secret that is rotated')
    },
  )

  test('ends no session: older tokens stay valid, and the new key signs as soon as it is active', async () => {
    const world = services()
    const signed = () => signAccessToken(world, user, { id: 's', epoch: 0 })
    const before = await signed()
    await rotate('signing')
    const [oldKey, newKey] = await signingKeys()
    expect(decodeProtectedHeader((await signed()).token).kid).toBe(oldKey?.kid)
    time.now = start + 10 * minute
    const after = await signed()
    expect(decodeProtectedHeader(after.token).kid).toBe(newKey?.kid)
    for (const { token } of [before, after]) {
      await expect(verifyAccessToken(world, token)).resolves.toMatchObject({ sub: 'usr_1' })
    }
  })

  test.each([
    ['refresh', refreshKeyring, 30 * day],
    ['cursor', cursorKeyring, day],
  ] as const)('of %s keeps the old secret until nothing that it signed is valid', async (name, read, lifetime) => {
    const old = (await read(services())).current
    await rotate(name)
    expect(await read(services())).toMatchObject({ current: old, accepted: [old, expect.any(String)] })
    time.now = start + 10 * minute
    const { current } = await read(services())
    expect(current).not.toBe(old)
    time.now = start + 10 * minute + lifetime - 1
    await rotate(name)
    expect((await read(services())).accepted).toContain(old)
    time.now += 1
    await rotate(name)
    expect((await read(services())).accepted).not.toContain(old)
  })
})
