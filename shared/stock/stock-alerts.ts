import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { StockAlerts, StockEvent } from './stock-event.ts'

/** What is found about a SKU now, and the event that tells of it where it is news. */
export type Finding = Pick<StockAlerts, 'low' | 'drift'> & { news?: Pick<StockEvent, 'type' | 'data'> }

/** Part of Holdfast that reports, and in the course of what. */
export interface Reporter {
  actor: StockEvent['actor']
  requestId: string
}

/**
 * Remembers what is found about a SKU's stock, with an event where that is news; looks again after every write, so that
 * whoever writes last has seen what the others did.
 * @param examine compares what there is with what was last reported; undefined when nothing has changed
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
    const { news, ...state } = finding
    const sequence = before.sequence + (news ? 1 : 0)
    const conflict = await store.transact([
      store.stockAlerts.replace(before, { sku, ...state, sequence, version: before.version + 1 }),
      ...(news
        ? [store.stockAlerts.append({ sku, sequence, ...news, actor, request_id: requestId, at: isoTime(clock.now()) })]
        : []),
    ])
    return conflict ? undefined : 'written'
  }
  while ((await store.untilWritten(attempt)) === 'written');
}
