import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import type { Clock } from './clock.ts'

const PrivateKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
})

export const Secrets = z.object({
  /** Public from the moment it stands here, used for signing from `active_from` (epoch ms) on; the newest active one signs. */
  signing_keys: z.array(z.object({ kid: z.string(), active_from: z.int(), jwk: PrivateKey })).check(z.minLength(1)),
  refresh_secret: z.string().check(z.minLength(32)),
  cursor_secret: z.string().check(z.minLength(32)),
  metrics_token: z.exactOptional(z.string().check(z.minLength(32))),
})
export type Secrets = z.infer<typeof Secrets>

/** Where keys and secrets come from; they are read once and kept. */
export interface SecretSource {
  current(): Promise<Secrets>
  /** Reads them again, unless that was just done: an unknown key id must not become a way to make us read all day. */
  refreshed(): Promise<Secrets>
}

const minimumAgeMilliseconds = 10_000

export function secretSource(load: () => Promise<unknown>, clock: Clock): SecretSource {
  let loaded: { secrets: Promise<Secrets>; at: number } | undefined
  const read = () => {
    const secrets = load().then((value) => Secrets.parse(value))
    const entry = { secrets, at: clock.now() }
    secrets.catch(() => {
      if (loaded === entry) loaded = undefined
    })
    loaded = entry
    return secrets
  }
  return {
    current: () => loaded?.secrets ?? read(),
    refreshed: () => (loaded && clock.now() - loaded.at < minimumAgeMilliseconds ? loaded.secrets : read()),
  }
}

/** On the local stack. Read in one go: `node:fs/promises` would cost every cold start on AWS five milliseconds. */
export const secretsFromFile = (file: string) => async (): Promise<unknown> => JSON.parse(readFileSync(file, 'utf8'))
