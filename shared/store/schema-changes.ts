import * as z from 'zod/mini'
import type { Item, Key } from '#shared/dynamodb/item.ts'
import { orderNumber } from '#shared/orders/order-number.ts'
import { keys } from './keys.ts'
import { skuClaim } from './sku-claims.ts'

/** How a type of item became what it is. Both functions know items whole, with keys, `entity` and `schema`. */
export interface SchemaChange {
  /** Number of the schema; items of the one before are read, too. */
  version: number
  upgrade(previous: Item): Item
  /** In the release that first reads a new version, items are still written as the version before. */
  downgrade?(next: Item): Item
}

/** The latest change of each type of item; types that are not named are of version 1. */
export type SchemaChanges = Readonly<Record<string, SchemaChange>>

/** A user of version 2. Sessions that started before `sessions_ended.at` were invalid. */
const SecondUser = z.looseObject({ sessions_ended: z.exactOptional(z.unknown()), password_hash: z.string() })

/** The list of schema changes: what codecs read and write, and what the migration job converts. */
export const schemaChanges: SchemaChanges = {
  user: {
    version: 3,
    /**
     * Existing sessions read as epoch 0. Their start times are no longer compared, so a user who had ended some of their
     * sessions has all of them ended.
     */
    upgrade(item) {
      const { sessions_ended, password_hash: hash, ...user } = SecondUser.parse(item)
      return { ...user, password_hash: { version: 1, hash }, epoch: sessions_ended === undefined ? 0 : 1 }
    },
  },
  session: {
    version: 2,
    upgrade: (item) => ({ ...item, epoch: 0 }),
  },
}

/** What an item of an earlier release claims, and what becomes of it. */
export interface Claiming {
  /** Undefined where another item keeps the claim, and this one does without it. */
  claim: Item | undefined
  item: Item
  /** An attribute that another item gets at the same time. */
  beside?: { key: Key; attribute: [string, ...string[]]; value: unknown }
}

interface LaterClaim {
  /** The attribute that items have once they are claimed. */
  mark: string
  /** @param attempt counts the claims that other items were found to have */
  claiming(item: Item, attempt: number): Claiming
}

/** The item that was there first has the claim. */
const first = (claimOf: (item: Item) => Item): LaterClaim => ({
  mark: 'claimed',
  claiming: (item, attempt) => ({
    claim: attempt === 0 ? claimOf(item) : undefined,
    item: { ...item, claimed: true },
  }),
})

/**
 * Claims on a second key that items of earlier releases lack. Releases that know nothing of them go on reading and
 * writing these items, so the schema is the same.
 */
export const laterClaims: Readonly<Record<string, LaterClaim>> = {
  /** All spellings of the SKU. */
  product: first(({ sku }) => skuClaim(String(sku))),
  /** The reference in normalised form. */
  reference: first(({ pk, order_id }) => {
    const [, userId = '', ...reference] = String(pk).split('#')
    return referenceClaim(userId, reference.join('#'), String(order_id))
  }),
  /** Its number, which the event of its creation says as well. */
  order: {
    mark: 'number',
    claiming(item, attempt) {
      const id = String(item['id'])
      const number = orderNumber(id, attempt)
      return {
        claim: numberClaim(number, id),
        item: { ...item, number },
        beside: { key: keys.event({ order_id: id }, 1), attribute: ['data', 'number'], value: number },
      }
    },
  },
}

/** An order's claim on its number. */
export const numberClaim = (number: string, orderId: string): Item => ({
  ...keys.orderNumber(number),
  entity: 'order_number',
  schema: 1,
  order_id: orderId,
})

/** An order's claim on the reference that its owner gave it. */
export const referenceClaim = (userId: string, reference: string, orderId: string): Item => ({
  ...keys.reference(userId, reference),
  entity: 'reference',
  schema: 1,
  order_id: orderId,
  claimed: true,
})

const unchanged: SchemaChange = { version: 1, upgrade: (item) => item }

export const latestOf = (changes: SchemaChanges, entity: string): SchemaChange => changes[entity] ?? unchanged

/** Number of the schema that is written. */
export const writtenVersion = ({ version, downgrade }: SchemaChange): number => (downgrade ? version - 1 : version)
