import type { Services } from '#shared/runtime/services.ts'
import { type Account, allowed, type FixedLimit, keyOf, rateLimitedUntil, reportRefusal, windowAt } from './limits.ts'

type CountingServices = Pick<Services, 'store' | 'clock' | 'config' | 'requestId'>

/** One use of a limit that can be given back. */
export interface Spent {
  giveBack(): Promise<void>
}

/**
 * Uses up one of what a limit allows in this window: one conditional update, however many requests share the limit. After a
 * lost reply it may be used up twice.
 * @throws Refusal `rate_limited` when there is none left
 */
export async function spend(services: CountingServices, account: Account<FixedLimit>): Promise<Spent> {
  const { clock, config } = services
  const spent = await trySpend(services, account)
  if (spent) return spent
  await reportRefusal(services, account)
  throw rateLimitedUntil(windowAt(account.limit, clock.now()).endsAt, allowed(config, account.limit) ?? 0, clock.now())
}

/**
 * The same, for the caller to decide what follows when there is none left.
 * @param share of the limit that this use may take it up to
 */
export async function trySpend(
  { store, clock, config }: Omit<CountingServices, 'requestId'>,
  account: Account<FixedLimit>,
  share = 1,
): Promise<Spent | undefined> {
  const limit = allowed(config, account.limit)
  if (limit === undefined) return { giveBack: async () => undefined }
  const { window, endsAt } = windowAt(account.limit, clock.now())
  const place = { key: keyOf(account), window, expiresAt: endsAt }
  if (!(await store.attempts.spend(place, Math.ceil(limit * share)))) return undefined
  return { giveBack: () => store.attempts.giveBack(place) }
}

/** The same for several limits at once: all are used up, or none. */
export async function spendAll(services: CountingServices, accounts: readonly Account<FixedLimit>[]): Promise<Spent> {
  const outcomes = await Promise.allSettled(accounts.map((account) => spend(services, account)))
  const spent = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const giveBack = async () => void (await Promise.all(spent.map((one) => one.giveBack())))
  const refused = outcomes.find((outcome) => outcome.status === 'rejected')
  if (!refused) return { giveBack }
  await giveBack()
  throw refused.reason
}
