import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger'
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types'
import { LogLevel } from './config.ts'
import { embeddedMetric } from './embedded-metric.ts'
import { type LoggedError, loggedError } from './logged-error.ts'
import { port } from './ports.ts'

/**
 * The logging rule. A line is JSON with a message from this list, the id of its request or run, and fields from `LogFields`,
 * which have no room for personal data, secrets, bodies or whole events. Errors are reduced by `loggedError`. A value that
 * does not look like an id, a known name or a number is withheld. Each request is logged once when it succeeds; successful
 * background work is logged at DEBUG only, except for the orders that a scheduled job processed. An order logs at most 2 kB
 * from its creation to its delivery.
 */
const messages = {
  served: 'request served',
  failed: 'request failed',
  answeredByGateway: 'request answered by the gateway',
  runFinished: 'run finished',
  runFailed: 'run failed',
  ordersProcessed: 'orders processed',
  jobFinished: 'job finished',
  deadLettered: 'dead-lettered',
  deliveryFailed: 'delivery failed',
  orderFailed: 'order failed',
  skuFailed: 'sku failed',
  redriveFailed: 'redrive failed',
  workflowFailed: 'workflow failed',
  workflowPostponed: 'workflow postponed',
  orderOverdue: 'order overdue',
  recoveryAbandoned: 'recovery abandoned',
  stockDrift: 'stock drift',
  erasureUnfinished: 'erasure unfinished',
  mailBounced: 'mail bounced',
  mailNotAccepted: 'mail not accepted',
  mailNotSent: 'mail not sent',
  mailWithheld: 'mail withheld',
  securityEvent: 'security event',
} as const

export interface LogFields {
  /** Id of the request, which its response and its events contain; for background work, the id of the invocation. */
  request_id: string
  /** Method and path template of the route, without path parameters. */
  route?: string
  status?: number
  duration_ms?: number
  /** Code of the problem in the response. */
  code?: string
  order_id?: string
  /** Number of orders that a run of a job has taken a step further; runs that overlap may both count one. */
  orders?: number
  /** Ids of at most a page of them. */
  order_ids?: readonly string[]
  job?: string
  sku?: string
  queue?: string
  message_id?: string
  /** Name of a security event, or of something about mails: the line is also a metric of this name. */
  event?: string
  /** Pseudonym of an account. */
  account?: string
  /** Id of an API key, not the key. */
  api_key?: string
  /** Pseudonym of a client's address. */
  address?: string
  /** Name of a limit. */
  limit?: string
  error?: unknown
}

type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

export type LogLine = Omit<LogFields, 'error'> & {
  level: Level
  message: string
  /** ISO 8601. */
  timestamp: string
  error?: LoggedError
  /** Id of the X-Ray trace, if tracing is on. */
  trace_id?: string
}

/** Lines go to stdout, which Lambda and the local stack collect. */
export const destination = port<(line: LogLine) => void>(
  () => (line) => void process.stdout.write(`${JSON.stringify(line)}\n`),
)

/** Leaves out the members that Powertools adds by default. */
class RuleFormatter extends LogFormatter {
  override formatAttributes({ logLevel, message, timestamp }: UnformattedAttributes, fields: LogAttributes): LogItem {
    // Powertools removes a field named `service`, so the metric is added here.
    const metric = typeof fields['event'] === 'string' ? embeddedMetric(fields['event']) : {}
    return new LogItem({
      attributes: { level: logLevel, message, timestamp: timestamp.toISOString(), ...fields, ...metric, ...traceId() },
    })
  }
}

class RuleLogger extends Logger {
  protected override printLog(_level: number, item: LogItem): void {
    destination()(item.getAttributes() as unknown as LogLine)
  }
}

let logger: Logger | undefined

const logAt =
  (level: 'debug' | 'info' | 'warn' | 'error') =>
  (message: keyof typeof messages, fields: LogFields): void => {
    logger ??= new RuleLogger({
      logFormatter: new RuleFormatter(),
      logLevel: LogLevel.parse(process.env['LOG_LEVEL'] || undefined),
    })
    logger[level](messages[message], loggable(fields))
  }

/** Writes a line; `warn` only for security events, `error` only for what went wrong. */
export const log = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') }

/** Ids, names and paths of Holdfast. */
const plain = /^[\w ./:{}+-]{0,200}$/

const isPlain = (value: unknown): boolean =>
  typeof value === 'number' || (Array.isArray(value) ? value.every(isPlain) : plain.test(String(value)))

function loggable({ error, ...fields }: LogFields): Pick<LogLine, keyof LogFields> {
  const withheld = Object.entries(fields).filter(([, value]) => !isPlain(value))
  return {
    ...fields,
    ...Object.fromEntries(withheld.map(([name]) => [name, '(withheld)'])),
    ...(error === undefined ? {} : { error: loggedError(error) }),
  }
}

function traceId(): { trace_id?: string } {
  const root = /Root=([\w-]+)/.exec(process.env['_X_AMZN_TRACE_ID'] ?? '')?.[1]
  return root === undefined ? {} : { trace_id: root }
}
