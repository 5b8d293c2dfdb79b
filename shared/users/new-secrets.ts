import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'

/** A signing key. @param activeFrom epoch ms from which on it may sign */
export async function newSigningKey(activeFrom: number) {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { kty, crv, x, y, d } = await exportJWK(privateKey)
  return { kid: randomBytes(8).toString('hex'), active_from: activeFrom, jwk: { kty, crv, x, y, d } }
}

/** A signing key that is active at once, and the secrets of a new installation: the shape that `Secrets` describes. */
export async function newSecrets() {
  return {
    signing_keys: [await newSigningKey(0)],
    refresh_secret: randomBytes(32).toString('base64url'),
    cursor_secret: randomBytes(32).toString('base64url'),
    metrics_token: randomBytes(32).toString('base64url'),
  }
}
