import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'
import type { Key } from '#shared/dynamodb/item.ts'

/** The part that one item, or one query of a partition, has of a call's units of the table. */
export interface ItemUnits {
  pk: string
  /** Undefined for a query, which reads several items of its partition. */
  sk?: string | undefined
  units: number
}

type Operation = { Key: Key; Item?: undefined } | { Item: Key; Key?: undefined }

/** Members of the requests that name items. */
interface Request {
  Key?: Key
  Item?: Key
  TransactItems?: Record<'Put' | 'Update' | 'Delete' | 'ConditionCheck', Operation | undefined>[]
  RequestItems?: Record<string, { Keys: Key[] }>
  IndexName?: string
  ExpressionAttributeValues?: Record<string, unknown>
}

/**
 * @returns a function for the calls of a measurement, in their order. It divides the units that the engine reports for a call
 * among its items: each has one share for every kB, of the item as the call writes it or an earlier call has written it.
 * @throws Error when the units do not come out even
 */
export function itemUnits() {
  const sizes = new Map<string, number>()
  return (input: object, consumed: readonly ConsumedCapacity[]): ItemUnits[] => {
    const total = consumed.reduce((sum, { Table }) => sum + (Table?.CapacityUnits ?? 0), 0)
    const items = itemsOf(input as Request).map((item) => {
      const key = `${item.pk} ${item.sk}`
      const before = sizes.get(key) ?? 0
      const after = sizeOf(item)
      // A request that names the key alone leaves the item about as large as it was.
      if (Object.keys(item).length > 2) sizes.set(key, after)
      return { ...item, shares: Math.ceil(Math.max(before, after) / 1024) }
    })
    const share = total / items.reduce((sum, { shares }) => sum + shares, 0)
    if (items.length > 1 && share !== 1 && share !== 2) throw new Error(`${total} units for ${JSON.stringify(items)}`)
    return items.map(({ pk, sk, shares }) => ({ pk, sk, units: share * shares }))
  }
}

function itemsOf({
  Key,
  Item,
  TransactItems,
  RequestItems,
  IndexName,
  ExpressionAttributeValues,
}: Request): { pk: string; sk?: string }[] {
  if (TransactItems) {
    return TransactItems.flatMap(({ Put, Update, Delete, ConditionCheck }) => {
      const operation = Put ?? Update ?? Delete ?? ConditionCheck
      return operation?.Item ?? operation?.Key ?? []
    })
  }
  if (RequestItems) return Object.values(RequestItems).flatMap(({ Keys }) => Keys)
  if (IndexName !== undefined) return [{ pk: `index ${IndexName}` }]
  return [Item ?? Key ?? { pk: String(ExpressionAttributeValues?.[':pk']) }]
}

/** Bytes of a value, or of an item with the names of its members, as DynamoDB counts them. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1
  if (typeof value !== 'object' || value === null) return 1
  return Object.entries(value).reduce(
    (sum, [name, member]) => sum + (Array.isArray(value) ? 0 : Buffer.byteLength(name)) + sizeOf(member),
    3,
  )
}

/** Write units by index, of a call's answer. */
export const indexUnitsOf = (consumed: readonly ConsumedCapacity[]): [index: string, units: number][] =>
  consumed.flatMap(({ GlobalSecondaryIndexes = {} }) =>
    Object.entries(GlobalSecondaryIndexes).map(([index, { CapacityUnits = 0 }]): [string, number] => [
      index,
      CapacityUnits,
    ]),
  )
