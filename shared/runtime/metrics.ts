import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

/** What neither Lambda nor the gateway measures already: steps that take too long, orders left to a person, units of drift. */
export type MetricName = 'OrderOverdue' | 'RecoveryAbandoned' | 'StockDrift'

export const metricNamespace = 'Holdfast'

/** Tells the stages of one account apart. */
export const metricDimensions = (stage: string) => ({ service: `holdfast-${stage}` })

let metrics: Metrics | undefined

/** Tells CloudWatch a number. */
export const count = (name: MetricName, number: number): void => {
  const { service } = metricDimensions(process.env['STAGE'] ?? 'local')
  metrics ??= new Metrics({ namespace: metricNamespace, serviceName: service })
  metrics.singleMetric().addMetric(name, MetricUnit.Count, number)
}
