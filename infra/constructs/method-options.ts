import { type MethodDeploymentOptions, MethodLoggingLevel } from 'aws-cdk-lib/aws-apigateway'
import { methodsOf, type NamedRoute } from '#shared/api/operations.ts'
import type { routes } from '#shared/api/routes.ts'
import type { Stage } from '../stages.ts'

type Operation = keyof typeof routes

/** Operations that the dashboard counts, by graph. */
export const countedOperations = {
  placed: ['createOrder'],
  picking: ['startPick', 'confirmPick'],
  sent: ['shipOrder', 'deliverOrder'],
  cancelled: ['cancelOrder'],
} as const satisfies Record<string, readonly Operation[]>

const counted: ReadonlySet<string> = new Set(Object.values(countedOperations).flat())

/** Errors only, never bodies. */
const logged = { loggingLevel: MethodLoggingLevel.ERROR, dataTraceEnabled: false }

/** What holds for all methods that have no options of their own. */
export const defaultMethodOptions = ({ throttle: { ratePerSecond, burst } }: Stage): MethodDeploymentOptions => ({
  ...logged,
  throttlingRateLimit: ratePerSecond,
  throttlingBurstLimit: burst,
  metricsEnabled: false,
})

/**
 * Options of single methods. They replace the defaults as a whole. Only what the dashboard counts has metrics of its own, because
 * each method with metrics is billed. What hashes passwords has a lower throttle than the rest.
 */
export const methodOptions = (
  stage: Stage,
  operations: readonly NamedRoute[],
): Record<string, MethodDeploymentOptions> =>
  Object.fromEntries(
    operations.flatMap(({ operation, route }) => {
      const isCounted = counted.has(operation)
      const isSlow = route.area === 'auth' && route.method !== 'GET'
      if (!isCounted && !isSlow) return []
      const options = {
        ...defaultMethodOptions(isSlow ? { ...stage, throttle: stage.authThrottle } : stage),
        metricsEnabled: isCounted,
      }
      return methodsOf(route).map((method) => [`${route.path}/${method}`, options])
    }),
  )
