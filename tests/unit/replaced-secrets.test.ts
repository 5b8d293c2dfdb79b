import { beforeEach, describe, expect, test } from 'vitest'
import { ensureSecrets } from '#shared/deployment/bootstrap.ts'
import { replaceSecret } from '#shared/deployment/replace-secret.ts'
import { readConfig } from '#shared/runtime/config.ts'
import { cursorKeyring, refreshKeyring, type SecretName, secretSources } from '#shared/runtime/secrets.ts'
import { publicKeys, signAccessToken, verifyAccessToken } from '#shared/users/access-token.ts'
import { verificationKeysOf } from '#shared/users/new-secrets.ts'
import { parseRefreshToken, refreshToken } from '#shared/users/refresh-token.ts'
import { memoryVault } from './memory-vault.ts'

const start = Date.parse('2026-01-01T00:00:00Z')
const user = { id: 'usr_1', role: 'user', must_change_password: false } as const
const session = { id: 'AAAAAAAAAAAAAAAAAAAAAA', epoch: 0 }
const refresh = { sessionId: session.id, generation: 1 }
const clock = { now: () => start, sleep: async () => undefined }

let stored: ReturnType<typeof memoryVault>
beforeEach(async () => {
  stored = memoryVault()
  await ensureSecrets(stored.vault)
})

/** A process that starts now. */
const newProcess = () => ({ config: readConfig({}), clock, secrets: secretSources(stored.load, clock) })

describe('a new installation', () => {
  test('has all secrets, and publishes the key that signs', async () => {
    const services = newProcess()
    const { token } = await signAccessToken(services, user, session)
    expect(await verifyAccessToken(services, token)).toMatchObject({ sub: 'usr_1' })
    expect(await services.secrets.metrics.current()).toEqual({ token: expect.stringMatching(/^.{43}$/) })
    expect([await cursorKeyring(services), await refreshKeyring(services)]).toMatchObject([
      { accepted: [expect.any(String)] },
      { accepted: [expect.any(String)] },
    ])
  })

  test('keeps the secrets it has, and publishes the keys of a secret that was put in by hand', async () => {
    const before = structuredClone(stored.texts)
    await ensureSecrets(stored.vault)
    expect(stored.texts).toEqual(before)
    stored.texts.set('verification', 'random text')
    await ensureSecrets(stored.vault)
    expect(stored.texts).toEqual(before)
  })

  test('has no secret in common between two purposes', () => {
    const secrets = [...stored.texts.values()].flatMap((text) => text.match(/[\w-]{43}/g) ?? [])
    const { keys } = verificationKeysOf(JSON.parse(stored.texts.get('signing') ?? ''))
    const published = keys.flatMap(({ x, y }) => [x, y])
    // The public part is in two secrets, and nothing else is.
    expect(secrets.length - new Set(secrets).size).toBe(published.length)
  })
})

describe('replacing a secret that has leaked', () => {
  const replace = (name: 'signing' | 'refresh' | 'cursor' | 'apiKey' | 'metrics') =>
    replaceSecret({ clock }, stored.vault, { replace: name })
  const changed = async (work: () => Promise<void>): Promise<string[]> => {
    const before = new Map(stored.texts)
    await work()
    return [...stored.texts].filter(([name, text]) => before.get(name) !== text).map(([name]) => name)
  }

  test.each<[Parameters<typeof replace>[0], SecretName[]]>([
    ['signing', ['signing', 'verification']],
    ['refresh', ['refresh']],
    ['cursor', ['cursor']],
    ['apiKey', ['apiKey']],
    ['metrics', ['metrics']],
  ])('%s changes nothing but %j', async (name, expected) => {
    expect((await changed(() => replace(name))).toSorted()).toEqual(expected)
  })

  test('signing has the old key’s tokens refused, and signs and publishes with the new one at once', async () => {
    const before = await signAccessToken(newProcess(), user, session)
    await replace('signing')
    const services = newProcess()
    await expect(verifyAccessToken(services, before.token)).rejects.toMatchObject({ code: 'not_authenticated' })
    const after = await signAccessToken(services, user, session)
    expect(await verifyAccessToken(services, after.token)).toMatchObject({ sub: 'usr_1' })
    expect((await publicKeys(services)).keys).toHaveLength(1)
  })

  test('refresh and cursor have everything of before refused', async () => {
    const before = newProcess()
    const [token, cursor] = [refreshToken(await refreshKeyring(before), refresh), await cursorKeyring(before)]
    await replace('refresh')
    await replace('cursor')
    const keyring = await refreshKeyring(newProcess())
    expect(parseRefreshToken(keyring, token)).toBeUndefined()
    expect(parseRefreshToken(keyring, refreshToken(keyring, refresh))).toEqual(refresh)
    expect((await cursorKeyring(newProcess())).accepted).not.toContain(cursor.current)
  })
})
