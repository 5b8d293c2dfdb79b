import type { StoredItem } from './invariants.ts'

/** What has events after its cursor is where the two-minute job looks for it. */
export function unrelayedViolations(items: StoredItem[]): string[] {
  const cursors = new Map(
    items.flatMap((item) => (item['entity'] === 'cursor' ? [[item['pk'], item['sequence']]] : [])),
  )
  return items.flatMap(({ entity, pk, sequence, news }) =>
    (entity === 'order' || entity === 'stock_alerts') &&
    Number(sequence) > Number(cursors.get(pk) ?? 0) &&
    news === undefined
      ? [`${pk}: has unrelayed events, and the job does not look for them`]
      : [],
  )
}
