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

/** Where keys and secrets come from; what was read is kept for a while. */
export interface SecretSource {
  current(): Promise<Secrets>
  /** Reads them again, unless that was just done: an unknown key id must not become a way to make us read all day. */
  refreshed(): Promise<Secrets>
}

const minimumAgeMilliseconds = 10_000
/** Whoever signs must know a new key before it comes into use, and must no longer sign with one that is gone. */
const maximumAgeMilliseconds = 5 * 60_000

export function secretSource(load: () => Promise<unknown>, clock: Clock): SecretSource {
  let kept: { secrets: Secrets; at: number } | undefined
  let reading: Promise<Secrets> | undefined
  let triedAt = Number.NEGATIVE_INFINITY

  const isYounger = (moment: number, milliseconds: number) => clock.now() - moment < milliseconds
  const loadAndKeep = async () => {
    const secrets = Secrets.parse(await load())
    kept = { secrets, at: clock.now() }
    return secrets
  }
  const read = () => {
    triedAt = clock.now()
    reading ??= loadAndKeep().finally(() => {
      reading = undefined
    })
    return reading
  }
  return {
    async current() {
      if (!kept) return read()
      const { secrets, at } = kept
      if (isYounger(at, maximumAgeMilliseconds) || isYounger(triedAt, minimumAgeMilliseconds)) return secrets
      // Old ones are better than none.
      return read().catch(() => secrets)
    },
    async refreshed() {
      return kept && isYounger(triedAt, minimumAgeMilliseconds) ? kept.secrets : read()
    },
  }
}

export const secretsFromFile = (file: string) => async (): Promise<unknown> => JSON.parse(readFileSync(file, 'utf8'))
