import { randomBytes } from 'node:crypto'
import * as z from 'zod/mini'
import { digestOf } from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'

const windowMilliseconds = 60_000

/** An attempt whose outcome was not recorded in this time has died on the way, and counts. */
const deadMilliseconds = 5000

const Attempt = z.object({
  id: z.string(),
  /** Epoch milliseconds. */
  at: z.int(),
  /** False while it is under way: whether it counts, its outcome says. */
  counts: z.boolean(),
})
export type Attempt = z.infer<typeof Attempt>

/** The attempts of the last minute at one thing by one client. */
export const AttemptLog = z.object({
  attempts: z.array(Attempt),
  version: z.int(),
  /** Epoch seconds, for DynamoDB's time to live; that it is still there then makes no difference. */
  expires_at: z.int(),
})
export type AttemptLog = z.infer<typeof AttemptLog>

const emptyLog: AttemptLog = { attempts: [], version: 0, expires_at: 0 }

/**
 * Whether one more attempt may begin now. Attempts under way hold a place, so that many at once cannot slip through; as
 * long as they may still give it back, one waits.
 */
export function judge(attempts: readonly Attempt[], limit: number, now: number): 'admitted' | 'wait' | 'full' {
  const recent = recentOf(attempts, now)
  if (recent.length < limit) return 'admitted'
  return recent.some(({ counts, at }) => !counts && at > now - deadMilliseconds) ? 'wait' : 'full'
}

const recentOf = (attempts: readonly Attempt[], now: number): Attempt[] =>
  attempts.filter(({ at }) => at > now - windowMilliseconds)

/** What is limited, for whom, and which outcomes count. */
export interface Limited<T> {
  /** Names the log; the parts are kept as a hash only. */
  kind: readonly string[]
  attempt: () => Promise<T>
  counts: (outcome: PromiseSettledResult<T>) => boolean
}

/**
 * Makes an attempt, unless RATE_LIMIT_REQUESTS of its kind have counted in the last minute.
 * @throws Refusal `rate_limited`, or whatever the attempt throws
 */
export async function limited<T>(services: Services, { kind, attempt, counts }: Limited<T>): Promise<T> {
  const { RATE_LIMIT_REQUESTS: limit } = services.config
  if (limit === 'off') return attempt()
  const place = { key: digestOf(...kind), id: randomBytes(9).toString('base64url') }
  const begun = await begin(services, place, limit)
  const [outcome] = await Promise.allSettled([attempt()])
  const isCounted = counts(outcome)
  const { attempts } = await settle(services, place, begun, isCounted)
  if (outcome.status === 'fulfilled') return outcome.value
  const { reason } = outcome
  if (!isCounted || !(reason instanceof Refusal)) throw reason
  const rateLimit = rateLimitOf(attempts, limit, services.clock.now())
  throw new Refusal(reason.code, reason.message, { ...reason.extras, rateLimit })
}

/** Where an attempt stands: the key of its log, and its own id in there. */
interface Place {
  key: string
  id: string
}

async function begin({ store, clock }: Services, { key, id }: Place, limit: number): Promise<AttemptLog> {
  let log = emptyLog
  for (let round = 0; ; ) {
    // After a lost reply it may be there already.
    if (log.attempts.some((one) => one.id === id)) return log
    const now = clock.now()
    const verdict = judge(log.attempts, limit, now)
    if (verdict === 'full') {
      const rateLimit = rateLimitOf(log.attempts, limit, now)
      throw new Refusal('rate_limited', 'Too many attempts. Wait a little.', { rateLimit })
    }
    if (verdict === 'admitted') {
      const attempts = [...recentOf(log.attempts, now), { id, at: now, counts: false }]
      log = await store.attempts.replace(key, log, following(log, attempts, now))
    } else {
      await store.pause(round)
      round += 1
      log = (await store.attempts.get(key)) ?? emptyLog
    }
  }
}

/** Records that an attempt counts, or takes it out. @returns the log as it stands then */
async function settle(
  { store, clock }: Services,
  { key, id }: Place,
  begun: AttemptLog,
  isCounted: boolean,
): Promise<AttemptLog> {
  for (let log = begun; ; ) {
    const own = log.attempts.find((one) => one.id === id)
    if (!own || (isCounted && own.counts)) return log
    const now = clock.now()
    const others = recentOf(log.attempts, now).filter((one) => one !== own)
    const attempts = isCounted ? [...others, { ...own, counts: true }] : others
    log = await store.attempts.replace(key, log, following(log, attempts, now))
  }
}

const following = ({ version }: AttemptLog, attempts: Attempt[], now: number): AttemptLog => ({
  attempts,
  version: version + 1,
  expires_at: Math.ceil((now + windowMilliseconds) / 1000),
})

/** What the client is told: places there are, places left, and seconds until the next one is free. */
function rateLimitOf(attempts: readonly Attempt[], limit: number, now: number) {
  const recent = recentOf(attempts, now)
  const oldest = Math.min(now, ...recent.map(({ at }) => at))
  return {
    limit,
    remaining: Math.max(0, limit - recent.length),
    resetSeconds: Math.max(1, Math.ceil((oldest + windowMilliseconds - now) / 1000)),
  }
}
