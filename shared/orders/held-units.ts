import { type Actor, type Caller, isStaff } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { type StoredOrder, statusFacts } from './order.ts'

/** Whether the units of a user's new orders count: those of plain users, where their number is limited. */
export const countsUnits = ({ config }: Services, { role }: Caller): boolean =>
  config.UNITS_PER_USER !== 'off' && !isStaff(role)

const heldBy = (order: StoredOrder | undefined): number =>
  order?.kind === 'stock' && order.counts_units && statusFacts[order.status].holdsUnits
    ? order.lines.reduce((sum, { quantity }) => sum + quantity, 0)
    : 0

/**
 * What a change of an order writes about the units of its owner. The limit holds for what owners ask for; what Holdfast or
 * staff does with their orders never exceeds it, because an order counts from the moment it waits for stock.
 * @throws Refusal `unit_limit_reached` for an order that alone exceeds the limit
 */
export function unitWrites(
  { store, config }: Services,
  after: StoredOrder,
  before: StoredOrder | undefined,
  actor: Actor,
): ReturnType<Services['store']['orders']['countUnits']>[] {
  const units = heldBy(after) - heldBy(before)
  if (units === 0) return []
  const limit = actor.id === after.user_id && config.UNITS_PER_USER !== 'off' ? config.UNITS_PER_USER : undefined
  if (limit !== undefined && units > limit) throw unitLimitReached(limit)
  return [store.orders.countUnits(after.user_id, units, limit)]
}

export const unitLimitReached = (limit: number) =>
  new Refusal('unit_limit_reached', `Your open orders may have ${limit} units in total.`, { limit })
