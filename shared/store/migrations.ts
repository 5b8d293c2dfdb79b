import * as z from 'zod/mini'
import { asRead } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import type { Item, Key } from '#shared/dynamodb/item.ts'
import { getItem, scan } from '#shared/dynamodb/read.ts'
import type { Condition, Write } from '#shared/dynamodb/transact.ts'
import { upgraded } from './codec.ts'
import { type Claiming, laterClaims, type SchemaChanges, schemaChanges, writtenVersion } from './schema-changes.ts'

/** An item of an earlier schema, and what it has to become. */
export interface Outdated {
  key: Key
  before: Item
  after: Claiming
  /** Whether it has yet to claim something, and how many claims other items were found to have. */
  claims: { attempt: number } | undefined
}

/** Items in a page: their conversion fits into a second. */
const pageSize = 250

const TableKey = z.object({ pk: z.string(), sk: z.string() })

/** Converts items of every type to their current schema, by a scan of the whole table. */
export const migrationStore = (connection: Connection, changes: SchemaChanges = schemaChanges) => {
  const written = Object.entries(changes).map(([entity, change]) => ({ entity, version: writtenVersion(change) }))

  const outdated = (item: Item, attempt = 0): Outdated[] => {
    const entity = String(item['entity'])
    const version = written.find((one) => one.entity === entity)?.version ?? 0
    const later = laterClaims[entity]
    const claims = later && item[later.mark] === undefined ? { attempt } : undefined
    if (Number(item['schema']) >= version && !claims) return []
    const latest = upgraded(changes, item)
    const after = later && claims ? later.claiming(latest, attempt) : { claim: undefined, item: latest }
    return [{ key: TableKey.parse(item), before: item, after, claims }]
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
      return { outdated: items.flatMap((item) => outdated(item)), position: last ? JSON.stringify(last) : null }
    },

    /** @returns undefined when the item is up to date or gone */
    async read(key: Key): Promise<Outdated | undefined> {
      const item = await getItem(connection, key)
      return item && outdated(item)[0]
    },

    /** The same item after another one was found to have its claim. */
    next: ({ before, claims }: Outdated): Outdated | undefined => outdated(before, (claims?.attempt ?? 0) + 1)[0],

    /** Conditioned on the item as it was read; its version stays, because nothing changes for clients. */
    renew: ({ before, after: { item, claim, beside } }: Outdated): Write<'claimed' | 'changed'>[] => [
      { operation: { Put: { Item: item, ...asRead(before) } }, failure: () => 'changed' },
      ...(claim
        ? [{ operation: { Put: { Item: claim, ...onlyFree(claim) } }, failure: () => 'claimed' as const }]
        : []),
      ...(beside ? [{ operation: { Update: setting(beside) } }] : []),
    ],
  }
}

/** No other item has the claim. This one may have it: an earlier release can have dropped its mark. */
function onlyFree(claim: Item): Condition {
  const { ConditionExpression, ...values } = asRead(claim)
  return { ConditionExpression: `attribute_not_exists(pk) OR (${ConditionExpression})`, ...values }
}

const setting = ({ key, attribute, value }: NonNullable<Claiming['beside']>) => ({
  Key: key,
  UpdateExpression: `SET ${attribute.map((_, n) => `#a${n}`).join('.')} = :value`,
  ConditionExpression: 'attribute_exists(pk)',
  ExpressionAttributeNames: Object.fromEntries(attribute.map((name, n) => [`#a${n}`, name])),
  ExpressionAttributeValues: { ':value': value },
})

const claiming = Object.entries(laterClaims).map(([entity, { mark }]) => ({ entity, mark }))

/** Filters in DynamoDB, so that only outdated items are transferred. */
const filterOf = (written: { entity: string; version: number }[]) => ({
  FilterExpression: [
    ...written.map((_, n) => `(#entity = :entity${n} AND #schema < :version${n})`),
    ...claiming.map(({ mark }, n) => `(#entity = :claiming${n} AND attribute_not_exists(#${mark}))`),
  ].join(' OR '),
  ExpressionAttributeNames: {
    '#entity': 'entity',
    '#schema': 'schema',
    ...Object.fromEntries(claiming.map(({ mark }) => [`#${mark}`, mark])),
  },
  ExpressionAttributeValues: Object.fromEntries([
    ...written.flatMap(({ entity, version }, n) => [
      [`:entity${n}`, entity],
      [`:version${n}`, version],
    ]),
    ...claiming.map(({ entity }, n) => [`:claiming${n}`, entity]),
  ]),
})
