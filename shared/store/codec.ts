import type * as z from 'zod/mini'
import type { Item, Key } from '#shared/dynamodb/item.ts'
import { Fault } from '#shared/requests/fault.ts'
import { latestOf, type SchemaChanges, schemaChanges, writtenVersion } from './schema-changes.ts'

/** How one type of item is written and read; both ways are checked, because rows outlive the code that wrote them. */
export interface Codec<T> {
  encode(key: Key, value: T, indexed?: Item): Item
  decode(item: Item): T
  /** The same for an item that may be missing. */
  decodeFound(item: Item | undefined): T | undefined
}

/**
 * Makes codecs of a release that knows these schema changes. Only `codec` below is for the store: an item type that bypasses
 * the list of schema changes would never be migrated.
 */
export const codecKnowing =
  (changes: SchemaChanges) =>
  <S extends z.ZodMiniType<object>>(entity: string, schema: S): Codec<z.output<S>> => {
    const change = latestOf(changes, entity)
    const { version, downgrade } = change
    const decode = (item: Item) => {
      if (item['entity'] !== entity) throw unknownItem(item, entity, version)
      return schema.parse(upgraded(changes, item))
    }
    return {
      encode(key, value, indexed) {
        const item = { ...key, entity, schema: version, ...indexed, ...(schema.parse(value) as Item) }
        return downgrade ? { ...downgrade(item), schema: writtenVersion(change) } : item
      },
      decode,
      decodeFound: (item) => (item === undefined ? undefined : decode(item)),
    }
  }

/**
 * @param entity name of the item type, stored with it
 * @param schema shape of the value; members it does not name are dropped on reading
 */
export const codec = codecKnowing(schemaChanges)

/** The item in the latest schema of its type. @throws Fault when it is neither of that nor of the one before */
export function upgraded(changes: SchemaChanges, item: Item): Item {
  const entity = String(item['entity'])
  const { version, upgrade } = latestOf(changes, entity)
  if (item['schema'] === version) return item
  if (item['schema'] === version - 1) return { ...upgrade(item), schema: version }
  throw unknownItem(item, entity, version)
}

const unknownItem = ({ entity, schema }: Item, expected: string, version: number): Fault =>
  new Fault(`Item is ${String(entity)} ${String(schema)}, not ${expected} ${version}`)
