import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

const metrics = new Metrics({ namespace: 'Holdfast', serviceName: 'holdfast' })

/** Tells CloudWatch a number; for what neither Lambda nor the gateway measures already. */
export const count = (name: 'OrderOverdue' | 'RecoveryAbandoned' | 'StockDrift', number: number): void => {
  metrics.singleMetric().addMetric(name, MetricUnit.Count, number)
}
