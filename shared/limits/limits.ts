import { digestOf } from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Config } from '#shared/runtime/config.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'

/** Settings that are a number of times. */
type CountSetting = { [K in keyof Config]: Config[K] extends number | 'off' ? K : never }[keyof Config]

/** What is counted together. */
type Part =
  /** A login name or an address as it was typed, whether there is such an account or not; all spellings are one. Or a user's id. */
  | 'name'
  /** An IPv4 address, or the /64 of an IPv6 address. */
  | 'network'
  /** Id of a user. */
  | 'user'
  | 'session'

export interface Limit {
  readonly by: readonly Part[]
  readonly seconds: number
  /** How many are allowed in that time. */
  readonly setting: CountSetting
  /**
   * `sliding` is exact in any such time, also for attempts made at once: an attempt takes a place before its outcome is
   * known. `fixed` is one counter per window of the clock: one write, however many callers share it. `inline` is the same,
   * counted in the item that the attempt changes anyway.
   */
  readonly window: 'sliding' | 'fixed' | 'inline'
}

/** The table of limits. Where RATE_LIMIT_REQUESTS is `off`, none of them holds. */
export const limits = {
  /** Wrong passwords for one name from one network. */
  login: { by: ['name', 'network'], seconds: 60, setting: 'RATE_LIMIT_REQUESTS', window: 'sliding' },
  /** Wrong passwords for one name from all networks from which it has not logged in before. */
  loginsOfName: { by: ['name'], seconds: 600, setting: 'LOGIN_FAILURES_PER_ACCOUNT', window: 'fixed' },
  /** Wrong passwords from one network for all names that have not logged in from it before. */
  loginsFromNetwork: { by: ['network'], seconds: 60, setting: 'LOGIN_FAILURES_PER_ADDRESS', window: 'fixed' },
  /** Wrong current passwords of someone who is signed in. */
  currentPassword: { by: ['user'], seconds: 900, setting: 'RATE_LIMIT_REQUESTS', window: 'sliding' },
  /** New accounts, and answers that a name is taken. */
  registrations: { by: ['network'], seconds: 60, setting: 'RATE_LIMIT_REQUESTS', window: 'sliding' },
  /** Each costs a slow hash, although it creates nothing. */
  repeatedRegistrations: { by: ['network'], seconds: 60, setting: 'LOGIN_FAILURES_PER_ADDRESS', window: 'fixed' },
  /** Mails with a code that are asked for, whether there is such an account or not. */
  codeRequests: { by: ['name'], seconds: 3600, setting: 'CODE_REQUESTS_PER_HOUR', window: 'fixed' },
  codeRequestsFromNetwork: { by: ['network'], seconds: 60, setting: 'LOGIN_FAILURES_PER_ADDRESS', window: 'fixed' },
  /** Wrong codes. */
  codes: { by: ['name', 'network'], seconds: 60, setting: 'RATE_LIMIT_REQUESTS', window: 'sliding' },
  /** Mails sent to one address. See `spendMail` about the share of mails about orders. */
  mails: { by: ['name'], seconds: 3600, setting: 'MAILS_PER_HOUR', window: 'fixed' },
  refreshes: { by: ['session'], seconds: 60, setting: 'REFRESHES_PER_MINUTE', window: 'inline' },
  orders: { by: ['user'], seconds: 60, setting: 'ORDERS_PER_MINUTE', window: 'fixed' },
  changes: { by: ['user'], seconds: 60, setting: 'ORDER_CHANGES_PER_MINUTE', window: 'fixed' },
  simulations: { by: ['user'], seconds: 60, setting: 'SIMULATIONS_PER_MINUTE', window: 'fixed' },
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof limits

type NamesOf<W extends Limit['window']> = {
  [K in LimitName]: (typeof limits)[K]['window'] extends W ? K : never
}[LimitName]
/** Limits that attempts are made under. */
export type AttemptLimit = NamesOf<'sliding'>
/** Limits that are spent from. */
export type FixedLimit = NamesOf<'fixed'>
/** Limits of what one user may do. */
export type Budget = { [K in FixedLimit]: (typeof limits)[K]['by'] extends readonly ['user'] ? K : never }[FixedLimit]

/** What is counted: a limit and for whom. The parts are kept as a hash only. */
export type Account<K extends LimitName = LimitName> = {
  [L in K]: { limit: L; of: Record<(typeof limits)[L]['by'][number], string> }
}[K]

/** Where a limit is counted. */
export const keyOf = ({ limit, of }: Account): string =>
  digestOf(limit, ...limits[limit].by.map((part) => (of as Partial<Record<Part, string>>)[part] ?? ''))

/** How many are allowed; undefined where limits are off. */
export function allowed(config: Config, limit: LimitName): number | undefined {
  const count: number | 'off' = config[limits[limit].setting]
  return config.RATE_LIMIT_REQUESTS === 'off' || count === 'off' ? undefined : count
}

/** The window of the clock that a moment lies in. @returns its number, and when it ends in epoch seconds */
export function windowAt(limit: LimitName, now: number): { window: number; endsAt: number } {
  const { seconds } = limits[limit]
  const window = Math.floor(now / 1000 / seconds)
  return { window, endsAt: (window + 1) * seconds }
}

/** Nothing is left until the end of a window. */
export const rateLimitedUntil = (endsAt: number, limit: number, now: number): Refusal =>
  rateLimited({ limit, remaining: 0, resetSeconds: Math.max(1, Math.ceil(endsAt - now / 1000)) })

/** What a 429 and a counted failure say in their `RateLimit-*` headers. */
export interface Allowance {
  limit: number
  remaining: number
  /** Until one more is allowed. */
  resetSeconds: number
}

/** Logs that a limit has refused an attempt. */
export const reportRefusal = (
  services: Pick<Services, 'store' | 'requestId'>,
  { limit, of }: Account,
): Promise<void> => {
  const { name, network, user }: Partial<Record<Part, string>> = of
  return reportSecurityEvent(services, 'LimitReached', { limit, name, address: network, user })
}

export const rateLimited = (rateLimit: Allowance) =>
  new Refusal('rate_limited', 'Too many attempts. Wait before you try again.', { rateLimit })
