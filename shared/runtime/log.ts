import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger'
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types'
import { LogLevel } from './config.ts'
import { type LoggedError, loggedError } from './logged-error.ts'
import { port } from './ports.ts'

/**
 * THE LOGGING RULE. A line is JSON and has a message out of this list, the id of the request or run it belongs to, and
 * fields out of `LogFields`, which have no room for personal data, secrets, bodies or whole events. Of an error, only what
 * `loggedError` lets through. A value that does not look like an id, a name of ours or a number is withheld. What goes well
 * is told once a request and, of what happens after the answer, not at all above DEBUG: an order's life from its
 * creation to its delivery takes at most 2 kB.
 */
const messages = {
  served: 'request served',
  failed: 'request failed',
  answeredByGateway: 'request answered by the gateway',
  runOver: 'run over',
  runFailed: 'run failed',
  deadLettered: 'dead-lettered',
  deliveryFailed: 'delivery failed',
  orderFailed: 'order failed',
  skuFailed: 'sku failed',
  redriveFailed: 'redrive failed',
  workflowFailed: 'workflow failed',
  orderOverdue: 'order overdue',
  recoveryAbandoned: 'recovery abandoned',
  stockDrift: 'stock drift',
} as const

export interface LogFields {
  /** Given to the caller, stored in events, the id of the invocation where nobody asked. */
  request_id: string
  /** Method and path as the table of routes writes them, without what the caller filled in. */
  route?: string
  status?: number
  duration_ms?: number
  /** Of the problem that was answered. */
  code?: string
  order_id?: string
  sku?: string
  queue?: string
  message_id?: string
  error?: unknown
}

type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

/** A line as it is written. */
export type LogLine = Omit<LogFields, 'error'> & {
  level: Level
  message: string
  /** ISO 8601. */
  timestamp: string
  error?: LoggedError
  /** Leads to the trace, where X-Ray is on. */
  trace_id?: string
}

/** Where lines go: whatever keeps the logs reads stdout. */
export const destination = port<(line: LogLine) => void>(
  () => (line) => void process.stdout.write(`${JSON.stringify(line)}\n`),
)

/** Lines as the rule has them: without the members that Powertools adds by itself. */
class RuleFormatter extends LogFormatter {
  override formatAttributes({ logLevel, message, timestamp }: UnformattedAttributes, fields: LogAttributes): LogItem {
    return new LogItem({
      attributes: { level: logLevel, message, timestamp: timestamp.toISOString(), ...fields, ...traceId() },
    })
  }
}

class RuleLogger extends Logger {
  protected override printLog(_level: number, item: LogItem): void {
    destination()(item.getAttributes() as unknown as LogLine)
  }
}

let logger: Logger | undefined

const at =
  (level: 'debug' | 'info' | 'error') =>
  (message: keyof typeof messages, fields: LogFields): void => {
    logger ??= new RuleLogger({
      logFormatter: new RuleFormatter(),
      logLevel: LogLevel.parse(process.env['LOG_LEVEL'] || undefined),
    })
    logger[level](messages[message], told(fields))
  }

/** Writes lines; where nothing went wrong, `debug` and `info`. */
export const log = { debug: at('debug'), info: at('info'), error: at('error') }

const plain = /^[\w ./:{}+-]{0,200}$/

function told({ error, ...fields }: LogFields): Pick<LogLine, keyof LogFields> {
  const withheld = Object.entries(fields).filter(([, value]) => typeof value !== 'number' && !plain.test(value))
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
