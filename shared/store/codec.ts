import type * as z from 'zod/mini'
import { Fault } from '#shared/requests/fault.ts'
import type { Key } from './keys.ts'

/** An item as DynamoDB's document client gives and takes it. */
export type Item = Record<string, unknown>

/** How one type of item is written and read; both ways are checked, because rows outlive the code that wrote them. */
export interface Codec<T> {
  encode(key: Key, value: T, indexed?: Item): Item
  decode(item: Item): T
}

/**
 * @param entity name of the item type, stored with it
 * @param schema shape of the value; members it does not name are dropped on reading
 */
export function codec<S extends z.ZodMiniType<object>>(entity: string, schema: S): Codec<z.output<S>> {
  const version = 1
  return {
    encode: (key, value, indexed) => ({
      ...key,
      entity,
      schema: version,
      ...indexed,
      ...(schema.parse(value) as Item),
    }),
    decode: (item) => {
      if (item['entity'] !== entity || item['schema'] !== version) {
        throw new Fault(`Item is ${String(item['entity'])} ${String(item['schema'])}, not ${entity} ${version}`)
      }
      return schema.parse(item)
    },
  }
}
