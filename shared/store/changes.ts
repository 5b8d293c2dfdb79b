import type { Subject } from '#shared/events/event.ts'
import type { Key } from './keys.ts'

/** What the key of an item that was written just now tells: a subject has an event, or the stock of a SKU moved. */
export type Change = { subject: Subject; sequence: number } | { moved: string }

/** Begins of the sort keys whose inserts say something; the stream is filtered by them. */
export const changePrefixes = ['EVENT#', 'ROW#'] as const

/** @returns undefined for items that say nothing */
export function changeAt({ pk, sk }: Key): Change | undefined {
  const [kind, name] = pk.split('#')
  const [prefix, number] = sk.split('#')
  if (name === undefined) return undefined
  if (prefix === 'EVENT') {
    const sequence = Number(number)
    if (kind === 'ORDER') return { subject: { order_id: name }, sequence }
    if (kind === 'STOCK') return { subject: { sku: name }, sequence }
  }
  return prefix === 'ROW' && kind === 'LEVEL' ? { moved: name } : undefined
}
