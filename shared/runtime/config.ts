import * as z from 'zod/mini'
import { Currency } from '#shared/requests/currency.ts'

const wholeNumber = (minimum: number, maximum: number) =>
  z.coerce.number().check(z.int(), z.minimum(minimum), z.maximum(maximum))

export const LogLevel = z._default(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT']), 'INFO')

/** Whether this is an origin as a browser sends it: scheme, host and port, and nothing else. */
export const isOrigin = (text: string): boolean => /^https?:[^*]+$/.test(text) && URL.parse(text)?.origin === text

const areOrigins = (text: string): boolean => text === '*' || text.split(',').every((entry) => isOrigin(entry.trim()))

/** A wait of a workflow lasts at most 20 days. */
const slaMinutes = wholeNumber(1, 20 * 24 * 60)

/**
 * Every setting of the API, by the name of its environment variable. The comment above a setting is its description in
 * `docs/settings.md` and `.env.example`.
 */
export const Environment = z.object({
  /** Stage of the installation, shown by `/health`. `staging` and `prod` refuse settings that are unsafe there. */
  STAGE: z._default(z.enum(['local', 'emulator', 'dev', 'staging', 'prod']), 'local'),
  /** Name of the DynamoDB table. */
  TABLE_NAME: z._default(z.string().check(z.minLength(3)), 'holdfast'),
  /** Address of a running DynamoDB; the local stack then starts no engine of its own. */
  DYNAMODB_ENDPOINT: z.optional(z.url()),
  /** Milliseconds without an answer from the table after which requests fail at once with 503, until it answers. */
  TABLE_SILENCE_MILLISECONDS: z._default(wholeNumber(100, 10_000), 600),
  /** What the names of the installation's secrets in Secrets Manager begin with. Set by the deployment. */
  SECRETS_PREFIX: z.optional(z.string()),
  /** JSON file that holds the secrets where there is no Secrets Manager. Set by the local stack. */
  SECRETS_FILE: z._default(z.string(), '.local/secrets.json'),
  /** E-mail address of the first admin. Used once, while no admin exists. */
  ADMIN_EMAIL: z._default(z.email(), 'admin@holdfast.local'),
  /** Password of the first admin. Without one, a password is generated and printed once. */
  ADMIN_PASSWORD: z.optional(z.string().check(z.minLength(8))),
  /** Minutes for which an access token is valid. */
  ACCESS_TOKEN_MINUTES: z._default(wholeNumber(1, 60), 15),
  /** Whether anyone may register an account, or only admins may create one. */
  REGISTRATION: z._default(z.enum(['open', 'admin_only']), 'open'),
  /** `length` asks for 8 characters; `complex` also for upper case, lower case, a digit and a special character. */
  PASSWORD_POLICY: z._default(z.enum(['length', 'complex']), 'length'),
  /** Cost of bcrypt; each step doubles the time that a login takes. */
  PASSWORD_HASH_COST: z._default(wholeNumber(4, 14), 10),
  /** Failed logins, wrong codes and registrations per minute, wrong current passwords per 15 minutes; `off` switches all limits off. */
  RATE_LIMIT_REQUESTS: z._default(z.union([z.literal('off'), wholeNumber(1, 1000)]), 5),
  /** Failed logins per 10 minutes for one account, from all addresses from which it has not logged in before. */
  LOGIN_FAILURES_PER_ACCOUNT: z._default(wholeNumber(1, 10_000), 30),
  /** Per minute and address: failed logins of accounts new to it, repeated registrations, requests for codes. */
  LOGIN_FAILURES_PER_ADDRESS: z._default(wholeNumber(1, 10_000), 20),
  /** Mails with a code per hour that may be asked for with one e-mail. */
  CODE_REQUESTS_PER_HOUR: z._default(wholeNumber(1, 1000), 5),
  /** Mails per hour that are sent to one address; a fifth of them is kept for mails about the account. Others are dropped. */
  MAILS_PER_HOUR: z._default(wholeNumber(1, 10_000), 60),
  /** Whether an address that its owner has not verified gets mails about orders, or only codes. */
  UNVERIFIED_MAIL: z._default(z.enum(['deny', 'allow']), 'allow'),
  /** Refreshes per minute of one session. */
  REFRESHES_PER_MINUTE: z._default(wholeNumber(1, 1000), 30),
  /** Sessions that one user may have open; a further login ends the oldest. */
  SESSIONS_PER_USER: z._default(wholeNumber(1, 1000), 50),
  /** API keys that there may be, expired ones included, revoked ones not; 0: none can be made. */
  API_KEY_LIMIT: z._default(wholeNumber(0, 1000), 100),
  /** Minutes for which an API key goes on working after it was rotated; 0: it ends at once. */
  API_KEY_GRACE_MINUTES: z._default(wholeNumber(0, 43_200), 1440),
  /** Orders per minute that a plain user may create. */
  ORDERS_PER_MINUTE: z._default(wholeNumber(1, 100_000), 120),
  /** Notes, reservations and retries per minute that a plain user may ask for. */
  ORDER_CHANGES_PER_MINUTE: z._default(wholeNumber(1, 100_000), 60),
  /** Simulations per minute that a plain user may ask for. */
  SIMULATIONS_PER_MINUTE: z._default(wholeNumber(1, 100_000), 60),
  /** Units that the open orders of a plain user may have in total, reserved or waiting for stock; `off` sets no limit. */
  UNITS_PER_USER: z._default(z.union([z.literal('off'), wholeNumber(1, 100_000_000)]), 'off'),
  /** Minutes after which reservations of plain users end at the latest; `off` lets them last until they are cancelled. */
  USER_RESERVATION_MINUTES: z._default(z.union([z.literal('off'), wholeNumber(1, 10_080)]), 'off'),
  /** Events of an order after which notes and retries of people are refused. */
  EVENTS_PER_ORDER: z._default(wholeNumber(10, 100_000), 1000),
  /** Whether `POST /orders/create` accepts simulated orders. */
  SIMULATED_ORDERS: z._default(z.enum(['on', 'off']), 'on'),
  /** Currency of simple orders that do not name one. */
  DEFAULT_CURRENCY: z._default(Currency, 'USD'),
  /** Milliseconds that the job keeps a simple order in processing before it completes it. */
  SIMPLE_ORDER_PROCESSING_MILLISECONDS: z._default(wholeNumber(0, 5000), 500),
  /** Origins from which browsers may call the API, like `https://shop.example`: a comma-separated list, or `*` for any. */
  CORS_ORIGINS: z._default(
    z
      .string()
      .check(z.refine(areOrigins, { error: 'write origins like https://shop.example, separated by commas, or *' })),
    '',
  ),
  /** Token that `/metrics` requires on the local stack; without one, `/metrics` is open there. */
  METRICS_TOKEN: z.optional(z.string().check(z.minLength(16))),
  /** Sender of all mails. */
  MAIL_FROM: z._default(z.email(), 'orders@holdfast.local'),
  /** Minutes after which a reserved order is overdue for picking. */
  SLA_PICKING_MINUTES: z._default(slaMinutes, 24 * 60),
  /** Minutes after which an order being picked is overdue. */
  SLA_PICKED_MINUTES: z._default(slaMinutes, 8 * 60),
  /** Minutes after which a picked order is overdue for shipping. */
  SLA_SHIPMENT_MINUTES: z._default(slaMinutes, 24 * 60),
  /** Minutes after which a shipped order is overdue for delivery. */
  SLA_DELIVERY_MINUTES: z._default(slaMinutes, 14 * 24 * 60),
  /** Stock movements of a SKU, per unit it needs, after which the order that has waited longest for it comes first; 0: always. */
  WAITING_PASS_RATIO: z._default(z.coerce.number().check(z.minimum(0), z.maximum(1000)), 1),
  /** Open orders created within this many days are looked through once a day for events that were not relayed. */
  DAILY_CHECK_DAYS: z._default(wholeNumber(1, 3650), 90),
  /** Least severe level that is logged. */
  LOG_LEVEL: LogLevel,
})

export type Config = z.output<typeof Environment>

/**
 * Reads settings from the environment; an empty variable counts as not set.
 * @throws Error that names every variable with an invalid value
 */
export function readSettings<S extends z.ZodMiniType>(
  schema: S,
  environment: Record<string, string | undefined>,
): z.output<S> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(set)
  if (!parsed.success) {
    const bad = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`Bad configuration: ${bad.join('; ')}`)
  }
  return parsed.data
}

/** Stages without real passwords, where hashing may be cheap. */
const testStages = ['local', 'emulator']

/** The settings of the API. @throws Error that names every variable with an invalid value */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const config = readSettings(Environment, environment)
  if (!testStages.includes(config.STAGE) && config.PASSWORD_HASH_COST < 10) {
    throw new Error('Bad configuration: PASSWORD_HASH_COST below 10 is for the local stack and the emulator only')
  }
  if (['staging', 'prod'].includes(config.STAGE) && config.RATE_LIMIT_REQUESTS === 'off') {
    throw new Error('Bad configuration: RATE_LIMIT_REQUESTS=off is not for staging and prod')
  }
  return config
}
