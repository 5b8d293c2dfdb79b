import { jobActor } from '#shared/requests/caller.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'
import { count } from '#shared/runtime/metrics.ts'
import type { Services } from '#shared/runtime/services.ts'
import { reconcileSku } from '#shared/stock/drift.ts'
import { isTimeUp } from './time-up.ts'

const name = 'reconcile'

const pageSize = 25

/** The job's figures: units of drift in the last complete round, and in the current one so far. */
const driftFigures = { last: 'drift_units', current: 'drift_units_so_far' } as const

export const lastDrift = async ({ store }: Services): Promise<number> =>
  (await store.jobs.state(name)).figures[driftFigures.last] ?? 0

/**
 * Compares all stock levels with their ledgers, SKU by SKU. The next run continues a round that does not fit into one run;
 * until then, the figure of the last complete round remains.
 */
export async function reconcile(services: Services, context: BackgroundContext): Promise<void> {
  const { requestId } = context
  const { store } = services
  const reporter = { actor: jobActor, requestId }
  const before = await store.jobs.state(name)
  let position = before.position
  let drift = position === null ? 0 : (before.figures[driftFigures.current] ?? 0)
  do {
    const page = await store.products.list({ limit: pageSize, ...(position === null ? {} : { after: position }) })
    for (const { sku } of page.items) {
      try {
        const units = await reconcileSku(services, reporter, sku)
        if (units > 0) log.error('stockDrift', { request_id: requestId, sku })
        drift += units
      } catch (error) {
        log.error('skuFailed', { request_id: requestId, sku, error })
      }
    }
    position = page.next ?? null
  } while (position !== null && !isTimeUp(services, context))
  count('StockDrift', drift)
  const last = position === null ? drift : (before.figures[driftFigures.last] ?? 0)
  await store.transact([
    store.jobs.remember(name, {
      position,
      figures: { [driftFigures.last]: last, [driftFigures.current]: drift },
    }),
  ])
}
