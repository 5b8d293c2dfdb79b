import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#shared/runtime/config.ts'
import { type SecretName, type Secrets, secretSources } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import { bearerToken, publicKeys, signAccessToken, verifyAccessToken } from '#shared/users/access-token.ts'
import { verificationKeysOf } from '#shared/users/new-secrets.ts'
import { respelled, twinOf } from '#tests/support/twin-signatures.ts'

type SigningKey = Secrets['signing']['keys'][number]

const start = Date.parse('2026-01-01T00:00:00Z')
const user = { id: 'usr_1', role: 'operator', must_change_password: false } as const
const session = { id: 'session-1', epoch: 3 }
const minute = 60_000

/** The services of signing and verifying, with a clock of their own. */
function worldOf(loads: Secrets['signing'][]) {
  const time = { now: start }
  const clock = { now: () => time.now, sleep: async () => undefined }
  let reads = 0
  const load = async (name: SecretName) => {
    const signing = loads[name === 'verification' ? Math.min(reads++, loads.length - 1) : 0]
    if (!signing) throw new Error('There are no keys')
    return name === 'verification' ? verificationKeysOf(signing) : signing
  }
  const services: Pick<Services, 'config' | 'clock' | 'secrets'> = {
    config: readConfig({}),
    clock,
    secrets: secretSources(load, clock),
  }
  // Neither signing nor verifying may need the store.
  return { services: services as Services, time, reads: () => reads }
}

async function newKey(kid: string, activeFrom: number): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { x = '', y = '', d = '' } = await exportJWK(privateKey)
  return { kid, active_from: activeFrom, jwk: { kty: 'EC', crv: 'P-256', x, y, d } }
}

const secretsOf = (...keys: SigningKey[]): Secrets['signing'] => ({ keys })

describe('an access token', () => {
  let old: SigningKey
  let next: SigningKey
  beforeAll(async () => {
    old = await newKey('old', 0)
    next = await newKey('next', start + 10 * minute)
  })

  test('says who, in which session, epoch and role, and until when, and nothing else', async () => {
    const { services } = worldOf([secretsOf(old)])
    const { token, expiresInSeconds } = await signAccessToken(services, user, session)
    expect(expiresInSeconds).toBe(900)
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'old' })
    expect(decodeJwt(token)).toEqual({
      iss: 'holdfast-local',
      aud: 'holdfast-api',
      sub: 'usr_1',
      sid: 'session-1',
      epoch: 3,
      role: 'operator',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: start / 1000,
      exp: start / 1000 + 900,
    })
    const claims = { sub: 'usr_1', sid: 'session-1', epoch: 3, role: 'operator', exp: start / 1000 + 900 }
    expect(await verifyAccessToken(services, token)).toMatchObject(claims)
  })

  test('is valid in its last second and not after it', async () => {
    const { services, time } = worldOf([secretsOf(old)])
    const { token } = await signAccessToken(services, user, session)
    time.now = start + 15 * minute - 1
    await expect(verifyAccessToken(services, token)).resolves.toMatchObject({ sub: 'usr_1' })
    time.now = start + 15 * minute
    await expect(verifyAccessToken(services, token)).rejects.toMatchObject({ code: 'not_authenticated' })
  })

  test('of another stage is refused', async () => {
    const { services } = worldOf([secretsOf(old)])
    const { token } = await signAccessToken(services, user, session)
    const elsewhere = { ...services, config: readConfig({ STAGE: 'prod' }) }
    await expect(verifyAccessToken(elsewhere, token)).rejects.toMatchObject({ code: 'not_authenticated' })
  })

  test('is signed with a published key only once it is active; both keys stay valid', async () => {
    const { services, time } = worldOf([secretsOf(next, old)])
    const before = await signAccessToken(services, user, session)
    expect(decodeProtectedHeader(before.token).kid).toBe('old')
    expect((await publicKeys(services)).keys.map(({ kid }) => kid)).toEqual(['next', 'old'])
    time.now = start + 10 * minute
    const after = await signAccessToken(services, user, session)
    expect(decodeProtectedHeader(after.token).kid).toBe('next')
    await expect(verifyAccessToken(services, before.token)).resolves.toMatchObject({ sid: 'session-1' })
    await expect(verifyAccessToken(services, after.token)).resolves.toMatchObject({ sid: 'session-1' })
  })

  test('with an unknown key makes the verifier reload the keys, but not all the time', async () => {
    const elsewhere = worldOf([secretsOf(next)])
    elsewhere.time.now = start + 10 * minute
    const { token } = await signAccessToken(elsewhere.services, user, session)
    const here = worldOf([secretsOf(old), secretsOf(old), secretsOf(old, next)])
    here.time.now = elsewhere.time.now
    const refused = { code: 'not_authenticated' }
    await expect(verifyAccessToken(here.services, token)).rejects.toMatchObject(refused)
    await expect(verifyAccessToken(here.services, token)).rejects.toMatchObject(refused)
    expect(here.reads()).toBe(1)
    here.time.now += 10_000
    await expect(verifyAccessToken(here.services, token)).rejects.toMatchObject(refused)
    await expect(verifyAccessToken(here.services, token)).rejects.toMatchObject(refused)
    expect(here.reads()).toBe(2)
    here.time.now += 10_000
    await expect(verifyAccessToken(here.services, token)).resolves.toMatchObject({ sid: 'session-1' })
    expect(here.reads()).toBe(3)
  })

  test('is refused with the twin of its signature, and when it is spelled in another way', async () => {
    const { services } = worldOf([secretsOf(old)])
    for (let n = 0; n < 32; n += 1) {
      const { token } = await signAccessToken(services, user, session)
      await expect(verifyAccessToken(services, token)).resolves.toMatchObject({ sub: 'usr_1' })
      for (const other of [twinOf(token), respelled(token), `${token}=`]) {
        await expect(verifyAccessToken(services, other)).rejects.toMatchObject({ code: 'not_authenticated' })
      }
      expect(twinOf(twinOf(token))).toBe(token)
    }
  })

  test('shows no private part among the public keys', async () => {
    const { services } = worldOf([secretsOf(old)])
    const [key = {}] = (await publicKeys(services)).keys
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  })
})

describe('bearerToken', () => {
  const headers = [
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   abc', 'abc'],
    [undefined, undefined],
    ['', undefined],
    ['abc', undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer a b', undefined],
    ['Bearerabc', undefined],
    ['Basic abc', undefined],
    ['Token abc', undefined],
    ['Bearer abc, Bearer def', undefined],
  ] as const
  test.each(headers)('reads %j as %j', (header, token) => {
    expect(bearerToken(header)).toBe(token)
  })
})
