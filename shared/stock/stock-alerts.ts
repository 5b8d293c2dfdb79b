import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { StockAlerts, StockEvent } from './stock-event.ts'

/** The state of a SKU's alerts now, and the event that reports it, if any. */
export type Finding = Pick<StockAlerts, 'low' | 'drift'> & { event?: Pick<StockEvent, 'type' | 'data'> }

/** The part of Holdfast that reports, and the run it reports in. */
export interface Reporter {
  actor: StockEvent['actor']
  requestId: string
}

/**
 * Stores what is found about a SKU's stock, together with an event if there is one to report. Examines again after every
 * write, so that the last of concurrent writers has seen the others' changes.
 * @param examine compares the stock with what was last reported; returns undefined when nothing has changed
 */
export async function report(
  { store, clock }: Services,
  { actor, requestId }: Reporter,
  sku: string,
  examine: (before: StockAlerts) => Promise<Finding | undefined>,
): Promise<void> {
  const attempt = async (): Promise<'nothing new' | 'written' | undefined> => {
    const before = await store.stockAlerts.get(sku)
    const finding = await examine(before)
    if (!finding) return 'nothing new'
    const { event, ...state } = finding
    const sequence = before.sequence + (event ? 1 : 0)
    const at = isoTime(clock.now())
    const conflict = await store.transact([
      store.stockAlerts.replace(before, { sku, ...state, sequence, version: before.version + 1, updated_at: at }),
      ...(event ? [store.stockAlerts.append({ sku, sequence, ...event, actor, request_id: requestId, at })] : []),
    ])
    return conflict ? undefined : 'written'
  }
  while ((await store.untilWritten(attempt)) === 'written');
}
