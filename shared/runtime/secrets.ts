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
  /** All keys are published. A key may sign from `active_from` (epoch ms) on; the newest active one signs. */
  signing_keys: z.array(z.object({ kid: z.string(), active_from: z.int(), jwk: PrivateKey })).check(z.minLength(1)),
  refresh_secret: z.string().check(z.minLength(32)),
  cursor_secret: z.string().check(z.minLength(32)),
  metrics_token: z.exactOptional(z.string().check(z.minLength(32))),
})
export type Secrets = z.infer<typeof Secrets>

/** Keys and secrets, cached for a while. */
export interface SecretSource {
  current(): Promise<Secrets>
  /** Reads them again, unless that was just done: tokens with unknown key ids must not cause unlimited reads. */
  refreshed(): Promise<Secrets>
}

const minimumAgeMilliseconds = 10_000
/** Short enough to learn of a new key before it signs, and to stop signing with a removed one. */
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
      // Expired secrets are better than none.
      return read().catch(() => secrets)
    },
    async refreshed() {
      return kept && isYounger(triedAt, minimumAgeMilliseconds) ? kept.secrets : read()
    },
  }
}

export const secretsFromFile = (file: string) => async (): Promise<unknown> => JSON.parse(readFileSync(file, 'utf8'))
