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
 * until then, the figure of the last complete round remains. A run that is cut short within a page does that page again, from the
 * checkpoints of its ledgers.
 */
export async function reconcile(services: Services, context: BackgroundContext): Promise<void> {
  const { store } = services
  const before = await store.jobs.state(name)
  let position = before.position
  let drift = position === null ? 0 : (before.figures[driftFigures.current] ?? 0)
  do {
    const page = await store.products.list({ limit: pageSize, ...(position === null ? {} : { after: position }) })
    for (const { sku } of page.items) {
      const units = await unitsOfDrift(services, context, sku)
      if (units === undefined && isTimeUp(services, context)) return
      drift += units ?? 0
    }
    position = page.next ?? null
    const last = position === null ? drift : (before.figures[driftFigures.last] ?? 0)
    const figures = { [driftFigures.last]: last, [driftFigures.current]: drift }
    await store.transact([store.jobs.remember(name, { position, figures })])
  } while (position !== null && !isTimeUp(services, context))
  count('StockDrift', drift)
}

/** A SKU that cannot be checked does not stop the others. @returns undefined when it cannot be checked */
async function unitsOfDrift(
  services: Services,
  { requestId }: BackgroundContext,
  sku: string,
): Promise<number | undefined> {
  try {
    const units = await reconcileSku(services, { actor: jobActor, requestId }, sku)
    if (units > 0) log.error('stockDrift', { request_id: requestId, sku })
    return units
  } catch (error) {
    log.error('skuFailed', { request_id: requestId, sku, error })
    return undefined
  }
}
