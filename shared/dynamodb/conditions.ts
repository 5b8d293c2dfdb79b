import type { Item } from './item.ts'
import type { Condition } from './transact.ts'

/** The item must not exist: its id is derived from the request, so an existing one means "this was done already". */
export const onlyNew = { ConditionExpression: 'attribute_not_exists(pk)' }

/** The item must be as it was read. */
export const onlyVersion = (version: number) => ({
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': version },
})

/** Whatever type of item it is, each of its attributes must be as it was read. */
export function asRead(item: Item): Condition {
  const attributes = [...Object.entries(item).entries()]
  return {
    ConditionExpression: attributes.map(([n]) => `#a${n} = :a${n}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map(([n, [name]]) => [`#a${n}`, name])),
    ExpressionAttributeValues: Object.fromEntries(attributes.map(([n, [, value]]) => [`:a${n}`, value])),
  }
}
