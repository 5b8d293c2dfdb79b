import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import type { Secrets } from '#shared/runtime/secrets.ts'

type SigningKey = Secrets['signing']['keys'][number]

/** @param activeFrom epoch ms from which on it may sign */
export async function newSigningKey(activeFrom: number): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { x = '', y = '', d = '' } = await exportJWK(privateKey)
  return { kid: randomBytes(8).toString('hex'), active_from: activeFrom, jwk: { kty: 'EC', crv: 'P-256', x, y, d } }
}

/** The public part of signing keys. */
export const verificationKeysOf = ({ keys }: Secrets['signing']): Secrets['verification'] => ({
  keys: keys.map(({ kid, jwk: { kty, crv, x, y } }) => ({ kid, kty, crv, x, y })),
})

const randomText = (): string => randomBytes(32).toString('base64url')

/** @param activeFrom epoch ms from which on it may sign */
export const newDatedSecret = (activeFrom: number): Secrets['refresh']['secrets'][number] => ({
  active_from: activeFrom,
  secret: randomText(),
})

export const newMetricsToken = (): Secrets['metrics'] => ({ token: randomText() })

/** The secrets of a new installation, all of them active. */
export async function newSecrets(): Promise<Secrets> {
  const signing = { keys: [await newSigningKey(0)] }
  return {
    signing,
    verification: verificationKeysOf(signing),
    refresh: { secrets: [newDatedSecret(0)] },
    cursor: { secrets: [newDatedSecret(0)] },
    apiKey: { secrets: [newDatedSecret(0)] },
    metrics: newMetricsToken(),
  }
}
