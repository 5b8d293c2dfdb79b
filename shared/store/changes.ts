import type { Key } from '#shared/dynamodb/item.ts'
import type { TableChange } from '#shared/events/event.ts'

/** Begins of the sort keys whose inserts say something; the stream is filtered by them. */
export const changePrefixes = ['EVENT#', 'ROW#'] as const

/** @returns undefined for items that say nothing */
export function changeAt({ pk, sk }: Key): TableChange | undefined {
  const [kind, name] = pk.split('#')
  const [prefix, number] = sk.split('#')
  if (name === undefined) return undefined
  if (prefix === 'EVENT') {
    const sequence = Number(number)
    if (kind === 'ORDER') return { subject: { order_id: name }, sequence }
    if (kind === 'STOCK') return { subject: { sku: name }, sequence }
    if (kind === 'ACCOUNT_EVENT') return { account_event: name }
  }
  return prefix === 'ROW' && kind === 'LEVEL' ? { moved: name } : undefined
}
