import { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import type { Route } from '#shared/api/contract.ts'
import { methodsOf } from '#shared/api/operations.ts'
import type { routes } from '#shared/api/routes.ts'
import { metricDimensions, metricNamespace } from '#shared/runtime/embedded-metric.ts'
import type { MetricName } from '#shared/runtime/metrics.ts'
import type { SecurityEvent } from '#shared/runtime/security-events.ts'
import type { MachineName } from '#shared/workflows/machine-name.ts'
import type { DataStack } from '../stacks/data-stack.ts'
import { apiName, queueName, type Stage } from '../stages.ts'
import { machineArns } from './grants.ts'

type Statistic = 'average' | 'maximum' | 'sum' | 'p95'

const statistics = { average: Stats.AVERAGE, maximum: Stats.MAXIMUM, sum: Stats.SUM, p95: Stats.p(95) } as const

/** A stage's CloudWatch metrics. They refer to resources by name, so that no stack depends on another. */
export class Measurements {
  readonly #stage: Stage
  readonly #machineArns: Record<MachineName, string>
  readonly #tableName: string

  constructor(scope: Construct, { stage, data }: { stage: Stage; data: DataStack }) {
    this.#stage = stage
    this.#machineArns = machineArns(scope, stage)
    this.#tableName = data.table.tableName
  }

  /** A metric that Holdfast itself publishes. */
  custom(name: MetricName | SecurityEvent, statistic: Statistic): Metric {
    return metric(metricNamespace, name, statistic, metricDimensions(this.#stage.name))
  }

  executions(machine: MachineName, transition: 'Started' | 'Failed' | 'TimedOut' | 'Aborted'): Metric {
    return metric('AWS/States', `Executions${transition}`, 'sum', { StateMachineArn: this.#machineArns[machine] })
  }

  /** How SES sees all mails of the account, as a share. */
  reputation(rate: 'BounceRate' | 'ComplaintRate'): Metric {
    return metric('AWS/SES', `Reputation.${rate}`, 'maximum')
  }

  /**
   * Open executions of the whole account: approximate, and 0 below about 10,000.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
   */
  openExecutions(): Metric {
    return metric('AWS/States', 'OpenExecutionCount', 'maximum')
  }

  messages(queue: string): Metric {
    return this.#queue(queue, 'ApproximateNumberOfMessagesVisible', 'maximum')
  }

  /** Age of the oldest message, in seconds. */
  oldestMessageAge(queue: string): Metric {
    return this.#queue(queue, 'ApproximateAgeOfOldestMessage', 'maximum')
  }

  messagesConsumed(queue: string): Metric {
    return this.#queue(queue, 'NumberOfMessagesDeleted', 'sum')
  }

  failures(functionName: string): Metric {
    return metric('AWS/Lambda', 'Errors', 'sum', { FunctionName: functionName })
  }

  /** How far a function is behind its stream, in milliseconds. */
  lag(functionName: string): Metric {
    return metric('AWS/Lambda', 'IteratorAge', 'maximum', { FunctionName: functionName })
  }

  /** Throttles of all functions in the account, which share one limit. */
  throttledInvocations(): Metric {
    return metric('AWS/Lambda', 'Throttles', 'sum')
  }

  /** Every change of data is one transaction. */
  transactions(name: 'ThrottledRequests' | 'SystemErrors'): Metric {
    return metric('AWS/DynamoDB', name, 'sum', { TableName: this.#tableName, Operation: 'TransactWriteItems' })
  }

  /** A metric over all requests. The average of an error metric is the share of requests that failed. */
  api(name: 'Count' | '4XXError' | '5XXError' | 'Latency', statistic: Statistic): Metric {
    return metric('AWS/ApiGateway', name, statistic, this.#api)
  }

  /** Requests for an operation that were answered with neither 4xx nor 5xx. */
  succeeded(operation: keyof typeof routes, route: Route): IMetric {
    const parts = methodsOf(route).flatMap((method) => {
      const dimensions = { ...this.#api, Method: method, Resource: route.path }
      const part = (sign: string, name: string) => {
        const id = `${operation}_${method}_${name}`
        return {
          term: `${sign} FILL(${id}, 0)`,
          named: [id, metric('AWS/ApiGateway', name, 'sum', dimensions)] as const,
        }
      }
      return [part('+', 'Count'), part('-', '4XXError'), part('-', '5XXError')]
    })
    return new MathExpression({
      expression: `0 ${parts.map(({ term }) => term).join(' ')}`,
      usingMetrics: Object.fromEntries(parts.map(({ named }) => named)),
      label: operation,
      period: fiveMinutes,
    })
  }

  get #api(): Record<string, string> {
    return { ApiName: apiName(this.#stage), Stage: this.#stage.name }
  }

  #queue(queue: string, name: string, statistic: Statistic): Metric {
    return metric('AWS/SQS', name, statistic, { QueueName: queueName(this.#stage, queue) })
  }
}

const fiveMinutes = Duration.minutes(5)

const metric = (
  namespace: string,
  metricName: string,
  statistic: Statistic,
  dimensionsMap: Record<string, string> = {},
): Metric => new Metric({ namespace, metricName, dimensionsMap, statistic: statistics[statistic], period: fiveMinutes })
