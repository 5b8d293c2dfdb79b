import * as z from 'zod/mini'

const wholeNumber = (minimum: number, maximum: number) =>
  z.coerce.number().check(z.int(), z.minimum(minimum), z.maximum(maximum))

export const LogLevel = z._default(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT']), 'INFO')

/** No wait of a workflow is longer than 20 days. */
const slaMinutes = wholeNumber(1, 20 * 24 * 60)

/** Every setting, by the name of its environment variable. */
export const Environment = z.object({
  STAGE: z._default(z.enum(['local', 'emulator', 'dev', 'staging', 'prod']), 'local'),
  TABLE_NAME: z._default(z.string().check(z.minLength(3)), 'holdfast'),
  /** Set on the local stack only; on AWS the SDK knows where DynamoDB is. */
  DYNAMODB_ENDPOINT: z.optional(z.url()),
  /** After so long without any answer from the table, requests are refused at once (503) until there is one. */
  TABLE_SILENCE_MILLISECONDS: z._default(wholeNumber(100, 10_000), 600),
  /** Secret with signing keys and secrets in Secrets Manager; without one they are in a file. */
  SECRETS_ID: z.optional(z.string()),
  /** The same as a file, JSON. */
  SECRETS_FILE: z._default(z.string(), '.local/secrets.json'),
  ADMIN_EMAIL: z._default(z.email(), 'admin@holdfast.local'),
  ADMIN_PASSWORD: z.optional(z.string().check(z.minLength(8))),
  ACCESS_TOKEN_MINUTES: z._default(wholeNumber(1, 60), 15),
  REGISTRATION: z._default(z.enum(['open', 'admin_only']), 'open'),
  PASSWORD_POLICY: z._default(z.enum(['length', 'complex']), 'length'),
  /** bcrypt's cost: each step doubles the time of a login. */
  PASSWORD_HASH_COST: z._default(wholeNumber(4, 14), 10),
  /** Failed logins a minute per account and client address, and registrations a minute per client address. */
  RATE_LIMIT_REQUESTS: z._default(z.union([z.literal('off'), wholeNumber(1, 1000)]), 5),
  SIMULATED_ORDERS: z._default(z.enum(['on', 'off']), 'on'),
  DEFAULT_CURRENCY: z._default(z.string().check(z.regex(/^[A-Z]{3}$/)), 'USD'),
  /** Comma-separated origins, or `*`. */
  CORS_ORIGINS: z._default(z.string(), ''),
  /** Opens `/metrics` on the local stack; on AWS the token is among the secrets. */
  METRICS_TOKEN: z.optional(z.string().check(z.minLength(16))),
  /** Sender of all mails. */
  MAIL_FROM: z._default(z.email(), 'orders@holdfast.local'),
  /** Minutes from one step of an order to the next, after which it is overdue: until it is picked up, picked, shipped, delivered. */
  SLA_PICKING_MINUTES: z._default(slaMinutes, 24 * 60),
  SLA_PICKED_MINUTES: z._default(slaMinutes, 8 * 60),
  SLA_SHIPMENT_MINUTES: z._default(slaMinutes, 24 * 60),
  SLA_DELIVERY_MINUTES: z._default(slaMinutes, 14 * 24 * 60),
  /**
   * How often the stock of a SKU may move, for every unit that the order needs which waits longest for it, before no other
   * order gets units of the SKU until that order has its own. 0: strictly by age.
   */
  WAITING_PASS_RATIO: z._default(z.coerce.number().check(z.minimum(0), z.maximum(1000)), 1),
  LOG_LEVEL: LogLevel,
})

export type Config = z.output<typeof Environment>

/**
 * Settings out of the environment; an empty variable counts as not set.
 * @throws Error that names every variable with a bad value
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

/** Stages where nobody's password is at stake, so that tests may hash cheaply. */
const playgrounds = ['local', 'emulator']

/** The settings of the API. @throws Error that names every variable with a bad value */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const config = readSettings(Environment, environment)
  if (!playgrounds.includes(config.STAGE) && config.PASSWORD_HASH_COST < 10) {
    throw new Error('Bad configuration: PASSWORD_HASH_COST below 10 is for the local stack and the emulator only')
  }
  if (['staging', 'prod'].includes(config.STAGE) && config.RATE_LIMIT_REQUESTS === 'off') {
    throw new Error('Bad configuration: RATE_LIMIT_REQUESTS=off is not for staging and prod')
  }
  return config
}
