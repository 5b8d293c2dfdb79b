import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { metricDimensions, metricNamespace } from './embedded-metric.ts'

/** Metrics that AWS does not provide: overdue steps, orders whose recovery was abandoned, units of drift. */
export type MetricName = 'OrderOverdue' | 'RecoveryAbandoned' | 'StockDrift'

let metrics: Metrics | undefined

/** Publishes a value to CloudWatch, in embedded metric format on stdout. */
export const count = (name: MetricName, number: number): void => {
  const { service } = metricDimensions(process.env['STAGE'] ?? 'local')
  metrics ??= new Metrics({ namespace: metricNamespace, serviceName: service })
  metrics.singleMetric().addMetric(name, MetricUnit.Count, number)
}
