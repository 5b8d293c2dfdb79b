import { timingSafeEqual } from 'node:crypto'
import type { Counts } from '#shared/events/counts.ts'
import { SubjectEventType } from '#shared/events/event.ts'
import { lastDrift } from '#shared/jobs/reconcile.ts'
import { MailTemplate } from '#shared/mail/mail-templates.ts'
import { Failure, OrderStatus } from '#shared/orders/order.ts'
import { digestOf } from '#shared/requests/idempotency.ts'
import type { Services } from '#shared/runtime/services.ts'
import { bearerToken } from '#shared/users/access-token.ts'
import { assertAdmin } from '#shared/users/admin-bearer.ts'
import { exposition, expositionType, type Metric } from './exposition.ts'

/**
 * The counters in Prometheus' text format, for callers with the metrics token and for admins; for all callers on a local
 * stack without a token.
 * @throws Refusal `not_authenticated`, `forbidden`
 */
export async function readMetrics(
  services: Services,
  authorization: string | undefined,
): Promise<{ contentType: string; text: string }> {
  await assertMayRead(services, authorization)
  const { store } = services
  const [generations, drift] = await Promise.all([store.outbox.generations(), lastDrift(services)])
  const metrics = metricsOf(await store.counters.read(generations.shown), drift)
  return { contentType: expositionType, text: exposition(metrics) }
}

async function assertMayRead(services: Services, authorization: string | undefined): Promise<void> {
  const { config, secrets } = services
  const isLocal = config.SECRETS_PREFIX === undefined
  const token = isLocal ? config.METRICS_TOKEN : (await secrets.metrics.current()).token
  if (token === undefined ? isLocal : isSame(token, bearerToken(authorization))) return
  await assertAdmin(services, authorization)
}

/** Compares digests in constant time, so that timing reveals nothing about the token. */
const isSame = (expected: string, given: string | undefined): boolean =>
  given !== undefined && timingSafeEqual(Buffer.from(digestOf(expected)), Buffer.from(digestOf(given)))

/** Labels come from closed sets, so the number of series is bounded. */
function metricsOf(counts: Counts, driftUnits: number): Metric[] {
  const of = (name: string): number => counts[name] ?? 0
  const each = (counter: string, labels: readonly string[]) =>
    Object.fromEntries(labels.map((label) => [label, of(`${counter}.${label}`)]))
  return [
    {
      name: 'holdfast_orders',
      type: 'gauge',
      help: 'Orders by status',
      label: 'status',
      samples: each('orders', OrderStatus.options),
    },
    {
      name: 'holdfast_events_total',
      type: 'counter',
      help: 'Events of orders and stock, by type',
      label: 'type',
      samples: each('events', SubjectEventType.options),
    },
    {
      name: 'holdfast_reservation_failures_total',
      type: 'counter',
      help: 'Reservations that failed or expired, by reason',
      label: 'reason',
      samples: each('failures', Failure.shape.reason.options),
    },
    {
      name: 'holdfast_mails_total',
      type: 'counter',
      help: 'Mails sent, by template',
      label: 'template',
      samples: each('mails', MailTemplate.options),
    },
    {
      name: 'holdfast_reserved_units_total',
      type: 'counter',
      help: 'Units reserved so far',
      samples: { '': of('units_reserved') },
    },
    { name: 'holdfast_relayed_events_total', type: 'counter', help: 'Events relayed', samples: { '': of('relayed') } },
    {
      name: 'holdfast_relay_lag_seconds_total',
      type: 'counter',
      help: 'Time from event to relay, summed over events',
      samples: { '': of('relay_lag_ms') / 1000 },
    },
    {
      name: 'holdfast_stock_drift_units',
      type: 'gauge',
      help: 'Units by which stock and ledger differed in the last complete reconciliation',
      samples: { '': driftUnits },
    },
  ]
}
