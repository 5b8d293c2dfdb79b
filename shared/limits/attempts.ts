import { randomBytes } from 'node:crypto'
import * as z from 'zod/mini'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import {
  type Account,
  type Allowance,
  type AttemptLimit,
  allowed,
  keyOf,
  limits,
  rateLimited,
  reportRefusal,
} from './limits.ts'

/** An attempt whose outcome was not recorded in this time has died on the way, and counts. */
const deadMilliseconds = 5000

/** How long a client is known that has succeeded once. */
const knownMilliseconds = 30 * 24 * 3600 * 1000

const Attempt = z.object({
  id: z.string(),
  /** Epoch milliseconds. */
  at: z.int(),
  /** False while the attempt is under way: its outcome decides whether it counts. */
  counts: z.boolean(),
})
export type Attempt = z.infer<typeof Attempt>

/** The latest attempts at one thing by one client. */
export const AttemptLog = z.object({
  attempts: z.array(Attempt),
  version: z.int(),
  /** Epoch milliseconds; set where an attempt succeeded. */
  known_until: z.exactOptional(z.int()),
  /** Epoch seconds, for DynamoDB's time to live. An expired log that still exists changes nothing. */
  expires_at: z.int(),
})
export type AttemptLog = z.infer<typeof AttemptLog>

const emptyLog: AttemptLog = { attempts: [], version: 0, expires_at: 0 }

/** Whether the client has succeeded before, within thirty days. */
export const isKnown = ({ known_until = 0 }: AttemptLog, now: number): boolean => known_until > now

/**
 * Whether one more attempt may begin now. Attempts under way hold a place, so that many at once cannot slip through; as
 * long as they may still give it back, one waits.
 */
export function judge(
  attempts: readonly Attempt[],
  { limit, seconds }: { limit: number; seconds: number },
  now: number,
): 'admitted' | 'wait' | 'full' {
  const recent = recentOf(attempts, seconds, now)
  if (recent.length < limit) return 'admitted'
  return recent.some(({ counts, at }) => !counts && at > now - deadMilliseconds) ? 'wait' : 'full'
}

const recentOf = (attempts: readonly Attempt[], seconds: number, now: number): Attempt[] =>
  attempts.filter(({ at }) => at > now - seconds * 1000)

/** What is limited, for whom, and which outcomes count. */
export type Limited<T> = Account<AttemptLimit> & {
  /** @param log of earlier attempts, this one included */
  attempt: (log: AttemptLog) => Promise<T>
  counts: (outcome: PromiseSettledResult<T>) => boolean
  /** Whether a success makes the client known. */
  remembers?: true
}

/**
 * Makes an attempt, unless as many as its limit allows have counted recently.
 * @throws Refusal `rate_limited`, and whatever the attempt throws
 */
export async function limited<T>(
  services: Services,
  { attempt, counts, remembers, ...account }: Limited<T>,
): Promise<T> {
  const limit = allowed(services.config, account.limit)
  if (limit === undefined) return attempt(emptyLog)
  const { seconds } = limits[account.limit]
  const place = { key: keyOf(account), id: randomBytes(9).toString('base64url'), limit, seconds }
  // Where successes are remembered there usually is a log; otherwise the first write finds out.
  const read = remembers ? await services.store.attempts.get(place.key) : undefined
  const begun = await begin(services, place, read ?? emptyLog)
  if (begun instanceof Refusal) {
    await reportRefusal(services, account)
    throw begun
  }
  const [outcome] = await Promise.allSettled([attempt(begun)])
  const isCounted = counts(outcome)
  const isRemembered = remembers === true && outcome.status === 'fulfilled'
  const { attempts } = await settle(services, place, begun, { isCounted, isRemembered })
  if (outcome.status === 'fulfilled') return outcome.value
  const { reason } = outcome
  if (!isCounted || !(reason instanceof Refusal)) throw reason
  throw new Refusal(reason.code, reason.message, {
    ...reason.extras,
    rateLimit: allowanceOf(attempts, place, services.clock.now()),
  })
}

/** An attempt's id and the log that it is recorded in. */
interface Place {
  key: string
  id: string
  limit: number
  seconds: number
}

/** @returns the log with the attempt in it, or why it may not be made */
async function begin({ store, clock }: Services, place: Place, read: AttemptLog): Promise<AttemptLog | Refusal> {
  const { key, id, seconds } = place
  let log = read
  for (let round = 0; ; ) {
    // After a lost reply it may be there already.
    if (log.attempts.some((one) => one.id === id)) return log
    const now = clock.now()
    const verdict = judge(log.attempts, place, now)
    if (verdict === 'full') return rateLimited(allowanceOf(log.attempts, place, now))
    if (verdict === 'admitted') {
      const attempts = [...recentOf(log.attempts, seconds, now), { id, at: now, counts: false }]
      log = await store.attempts.replace(key, log, following(log, attempts, place, now))
    } else {
      await store.pause(round)
      round += 1
      log = (await store.attempts.get(key)) ?? emptyLog
    }
  }
}

/** Records that an attempt counts, or removes it. @returns the log afterwards */
async function settle(
  { store, clock }: Services,
  place: Place,
  begun: AttemptLog,
  { isCounted, isRemembered }: { isCounted: boolean; isRemembered: boolean },
): Promise<AttemptLog> {
  const { key, id, seconds } = place
  for (let log = begun; ; ) {
    const own = log.attempts.find((one) => one.id === id)
    if (!own || (isCounted && own.counts)) return log
    const now = clock.now()
    const others = recentOf(log.attempts, seconds, now).filter((one) => one !== own)
    const attempts = isCounted ? [...others, { ...own, counts: true }] : others
    const knownUntil = isRemembered ? now + knownMilliseconds : log.known_until
    log = await store.attempts.replace(key, log, following({ ...log, known_until: knownUntil }, attempts, place, now))
  }
}

function following(
  { version, known_until: knownUntil = 0 }: { version: number; known_until?: number | undefined },
  attempts: Attempt[],
  { seconds }: Place,
  now: number,
): AttemptLog {
  return {
    attempts,
    version: version + 1,
    ...(knownUntil > now ? { known_until: knownUntil } : {}),
    expires_at: Math.ceil(Math.max(now + seconds * 1000, knownUntil) / 1000),
  }
}

function allowanceOf(attempts: readonly Attempt[], { limit, seconds }: Place, now: number): Allowance {
  const recent = recentOf(attempts, seconds, now)
  const oldest = Math.min(now, ...recent.map(({ at }) => at))
  return {
    limit,
    remaining: Math.max(0, limit - recent.length),
    resetSeconds: Math.max(1, Math.ceil((oldest + seconds * 1000 - now) / 1000)),
  }
}
