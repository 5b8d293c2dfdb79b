import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { logger, metrics } from './observe.ts'
import { runtime } from './services.ts'

/** Time kept back for reporting what could not be done. */
const deadlineMarginMilliseconds = 2000

export interface BackgroundContext {
  requestId: string
  /** Epoch milliseconds after which no further attempt may be started. */
  deadline: number
}

/** Makes a Lambda handler of what nobody waits for: stream, queue and schedule. An error is logged and thrown on. */
export const background = <E, R>(
  run: (event: E, context: BackgroundContext) => Promise<R>,
): ((event: E, context: Context) => Promise<R>) => {
  const chain = middy({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .handler(async (event: unknown, context: Context) => {
      const { clock } = runtime()
      const startedAt = clock.now()
      const deadline = startedAt + context.getRemainingTimeInMillis() - deadlineMarginMilliseconds
      try {
        return await run(event as E, { requestId: context.awsRequestId, deadline })
      } finally {
        metrics.addMetric('Duration', MetricUnit.Milliseconds, clock.now() - startedAt)
      }
    })
  return chain as unknown as (event: E, context: Context) => Promise<R>
}
