/** A metric with its samples, each with at most one label. */
export interface Metric {
  name: string
  type: 'counter' | 'gauge'
  help: string
  /** Name of the label. Without a label, `samples` has one entry, whose key is the empty string. */
  label?: string
  samples: Record<string, number>
}

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Prometheus' text exposition format, version 0.0.4. Names, labels and help texts are constants that need no escaping. A
 * client library would add 60 kB of collectors for in-process counters, which Holdfast does not use.
 */
export const exposition = (metrics: readonly Metric[]): string =>
  metrics
    .flatMap(({ name, type, help, label, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...Object.entries(samples).map(([value, sample]) => `${name}${label ? `{${label}="${value}"}` : ''} ${sample}`),
    ])
    .map((line) => `${line}\n`)
    .join('')
