import * as z from 'zod/mini'
import { type CursorScope, cursorAt, positionOf } from './cursor.ts'
import { queryInteger } from './fields.ts'
import type { Keyring } from './keyring.ts'

const defaultLimit = 20

/** Query parameters of every list. */
export const PageQuery = z.strictObject({
  limit: z.exactOptional(queryInteger(1, 100)),
  cursor: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(1024))),
})
export type PageQuery = z.infer<typeof PageQuery>

/** Member `page` of every list. */
export const PageInfo = z.object({
  limit: z.int(),
  next_cursor: z.nullable(z.string()),
  has_more: z.boolean(),
})
export type PageInfo = z.infer<typeof PageInfo>

/**
 * Whether a query leaves elements out, so that its list has to look further for a full page. Every parameter counts
 * unless it is excepted: a new filter cannot be forgotten.
 * @param exceptions parameters that only say where to look, and in which order
 */
export const isSelective = <Q extends PageQuery>(query: Q, exceptions: readonly (keyof Q)[]): boolean =>
  Object.entries(query).some(
    ([name, value]) =>
      value !== undefined && !([...Object.keys(PageQuery.shape), ...exceptions] as readonly unknown[]).includes(name),
  )

/**
 * Turns a caller's query into a store's page request, and the store's answer into `page`. A cursor is good for the
 * same scope and the same filters only: every parameter of the query except limit and cursor.
 */
export function paging(keyring: Keyring, list: CursorScope, { limit = defaultLimit, cursor, ...filters }: PageQuery) {
  const scope = [...list, Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1))]
  return {
    request: { limit, ...(cursor === undefined ? {} : { after: positionOf(keyring, scope, cursor) }) },
    info: (next: string | undefined): PageInfo => ({
      limit,
      next_cursor: next === undefined ? null : cursorAt(keyring, scope, next),
      has_more: next !== undefined,
    }),
  }
}
