export const metricNamespace = 'Holdfast'

/** Distinguishes the stages of one account. */
export const metricDimensions = (stage: string) => ({ service: `holdfast-${stage}` })

/**
 * Members that make a log line a metric of value 1 as well, in CloudWatch's embedded metric format. Powertools' Metrics does
 * the same with a second line, and would add 14 kB to every function that reports security events.
 */
export function embeddedMetric(name: string): object {
  const dimensions = metricDimensions(process.env['STAGE'] ?? 'local')
  const metric = {
    Namespace: metricNamespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: name, Unit: 'Count' }],
  }
  return { _aws: { Timestamp: Date.now(), CloudWatchMetrics: [metric] }, ...dimensions, [name]: 1 }
}
