import { Duration } from 'aws-cdk-lib'
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  type Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { routes } from '#shared/api/routes.ts'
import { deadLettersOf } from '#shared/events/queues.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { jobFunctionName, relayFunctionName, type Stage } from '../stages.ts'
import type { Measurements } from './measurements.ts'
import { countedOperations } from './method-options.ts'

/** Units of a dashboard's grid, which is 24 wide. */
const size = { width: 6, height: 6 }

export function addDashboard(scope: Construct, stage: Stage, measured: Measurements, alarms: Alarm[]): Dashboard {
  const rows: { question: string; hint: string; answer: IWidget[] }[] = [
    {
      question: 'Are we selling?',
      hint: 'Exact figures, by status: `GET /stats/orders`.',
      answer: selling(measured),
    },
    {
      question: 'Are we shipping?',
      hint: 'Successful requests, retries included. One order: `GET /orders/{id}/events`.',
      answer: shipping(measured),
    },
    {
      question: 'What is stuck?',
      hint: 'What to do: `docs/runbook.md`. One order: `GET /orders/{id}/workflow`.',
      answer: stuck(stage, measured, alarms),
    },
  ]
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `holdfast-${stage.name}`,
    defaultInterval: Duration.hours(24),
    widgets: rows.flatMap(({ question, hint, answer }) => [
      [new TextWidget({ markdown: `# ${question}\n${hint}`, width: 24, height: 2 })],
      answer,
    ]),
  })
}

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, ...size })

const named = (metric: Metric, label: string): Metric => metric.with({ label })

const operations = (measured: Measurements, names: readonly (keyof typeof routes)[]): IMetric[] =>
  names.map((name) => measured.succeeded(name, routes[name]))

const selling = (measured: Measurements): IWidget[] => [
  graph('Orders placed', operations(measured, countedOperations.placed)),
  graph('Workflows started', [
    named(measured.executions('fulfilment', 'Started'), 'fulfilment (stock reserved)'),
    named(measured.executions('recovery', 'Started'), 'recovery (out of stock)'),
  ]),
  graph('Requests', [
    named(measured.api('Count', 'sum'), 'all'),
    named(measured.api('4XXError', 'sum'), 'refused'),
    named(measured.api('5XXError', 'sum'), 'failed'),
  ]),
  graph('Latency (ms)', [
    named(measured.api('Latency', 'average'), 'average'),
    named(measured.api('Latency', 'p95'), 'p95'),
  ]),
]

const shipping = (measured: Measurements): IWidget[] => [
  graph('Picking', operations(measured, countedOperations.picking)),
  graph('Shipped and delivered', operations(measured, countedOperations.sent)),
  graph('Cancelled', operations(measured, countedOperations.cancelled)),
  graph(
    'Messages consumed',
    Object.keys(subscriptions).map((name) => named(measured.messagesConsumed(name), name)),
  ),
]

const stuck = (stage: Stage, measured: Measurements, alarms: Alarm[]): IWidget[] => [
  new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 4 }),
  graph('Dead letters', [
    ...[relayDeadLetters, ...Object.keys(subscriptions).map(deadLettersOf)].map((queue) =>
      named(measured.messages(queue), queue),
    ),
  ]),
  new GraphWidget({
    title: 'Lag',
    left: [named(measured.lag(relayFunctionName(stage)), 'relay (ms)')],
    right: Object.keys(subscriptions).map((name) => named(measured.oldestMessageAge(name), `${name} (s)`)),
    ...size,
  }),
  graph('Failed runs', [
    ...namedMachines.flatMap(({ name }) =>
      (['Failed', 'TimedOut', 'Aborted'] as const).map((ending) =>
        named(measured.executions(name, ending), `${name} ${ending}`),
      ),
    ),
    named(measured.failures(relayFunctionName(stage)), 'relay'),
    ...namedJobs.map(({ name }) => named(measured.failures(jobFunctionName(stage, name)), name)),
  ]),
  graph('Needs attention', [
    named(measured.custom('OrderOverdue', 'sum'), 'orders overdue'),
    named(measured.custom('RecoveryAbandoned', 'sum'), 'recoveries abandoned'),
    named(measured.custom('StockDrift', 'maximum'), 'units of drift'),
  ]),
]
