import * as z from 'zod/mini'
import { asRead, onlyNew } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item, Key } from '#shared/dynamodb/item.ts'
import { getItem, scan } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { upgraded } from './codec.ts'
import { laterClaims, type SchemaChanges, schemaChanges, writtenVersion } from './schema-changes.ts'

/** An item of an earlier schema, and what it has to become. */
export interface Outdated {
  key: Key
  before: Item
  after: Item
  /** What it has to claim first, unless that is claimed already. */
  claim: Item | undefined
}

/** Items in a page: their conversion fits into a second. */
const pageSize = 250

const TableKey = z.object({ pk: z.string(), sk: z.string() })

/** Converts items of every type to their current schema, by a scan of the whole table. */
export const migrationStore = (connection: Connection, changes: SchemaChanges = schemaChanges) => {
  const written = Object.entries(changes).map(([entity, change]) => ({ entity, version: writtenVersion(change) }))

  const outdated = (item: Item): Outdated[] => {
    const entity = String(item['entity'])
    const version = written.find((one) => one.entity === entity)?.version ?? 0
    const claim = item['claimed'] === undefined ? laterClaims[entity]?.(item) : undefined
    if (Number(item['schema']) >= version && !claim) return []
    const after = { ...upgraded(changes, item), ...(claim ? { claimed: true } : {}) }
    return [{ key: TableKey.parse(item), before: item, after, claim }]
  }

  return {
    /** The schemas that are written today, by types that have changed. */
    target: [
      ...written.map(({ entity, version }) => `${entity} ${version}`),
      ...Object.keys(laterClaims).map((entity) => `${entity} claimed`),
    ].join(', '),

    /**
     * @param after position of the page before, or null to begin
     * @returns what is outdated among the next items of the table; the position after the last is null
     */
    async page(after: string | null): Promise<{ outdated: Outdated[]; position: string | null }> {
      const { items, last } = await scan(connection, {
        ...filterOf(written),
        Limit: pageSize,
        ...(after === null ? {} : { ExclusiveStartKey: TableKey.parse(JSON.parse(after)) }),
      })
      return { outdated: items.flatMap(outdated), position: last ? JSON.stringify(last) : null }
    },

    /** @returns undefined when the item is up to date or gone */
    async read(key: Key): Promise<Outdated | undefined> {
      const item = await getItem(connection, key)
      return item && outdated(item)[0]
    },

    /** Fails where another item has the claim: it was there first, and keeps it. */
    claim: (claim: Item): Write<'claimed'> => ({
      operation: { Put: { Item: claim, ...onlyNew } },
      failure: () => 'claimed',
    }),

    /** Conditioned on the item as it was read; its version stays, because nothing changes for clients. */
    renew: ({ before, after }: Outdated): Write<'changed'> => ({
      operation: { Put: { Item: after, ...asRead(before) } },
      failure: () => 'changed',
    }),
  }
}

const claiming = Object.keys(laterClaims)

/** Filters in DynamoDB, so that only outdated items are transferred. */
const filterOf = (written: { entity: string; version: number }[]) => ({
  FilterExpression: [
    ...written.map((_, n) => `(#entity = :entity${n} AND #schema < :version${n})`),
    `(#entity IN (${claiming.map((_, n) => `:claiming${n}`).join(', ')}) AND attribute_not_exists(#claimed))`,
  ].join(' OR '),
  ExpressionAttributeNames: { '#entity': 'entity', '#schema': 'schema', '#claimed': 'claimed' },
  ExpressionAttributeValues: Object.fromEntries([
    ...written.flatMap(({ entity, version }, n) => [
      [`:entity${n}`, entity],
      [`:version${n}`, version],
    ]),
    ...claiming.map((entity, n) => [`:claiming${n}`, entity]),
  ]),
})
