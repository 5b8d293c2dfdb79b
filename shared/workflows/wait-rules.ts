import type { OrderEvent } from '#shared/orders/order.ts'

/** How an event ends a wait: what it waits for has happened, or can no longer happen. */
export type WaitOutcome = 'done' | 'cancelled'

/** What ends the wait of one state of a machine. */
interface WaitRule {
  /** @returns undefined for events that do not end the wait */
  outcome(event: OrderEvent): WaitOutcome | undefined
  /** The state whose wait follows when this one is done; omitted if the machine ends then. */
  readonly next?: string
  /** No state of the machine waits here; the order is watched by other means. */
  readonly isBeyondMachine?: true
}

export type WaitRules = Readonly<Record<string, WaitRule>>

/** The state an execution is in, and when it entered it. */
export interface Position {
  state: string
  since: string
}

/**
 * Where the events take an execution from a position. The position may be some events behind: events that concern states
 * before it do not move it.
 * @param events those after the event that started the execution
 * @returns undefined when the execution has ended
 */
export function positionAfter(rules: WaitRules, from: Position, events: readonly OrderEvent[]): Position | undefined {
  let position = from
  for (const event of events) {
    const rule = rules[position.state]
    const outcome = rule?.outcome(event)
    if (outcome === undefined) continue
    if (outcome === 'cancelled' || rule?.next === undefined) return undefined
    position = { state: rule.next, since: event.at }
  }
  return position
}

/** How the events end the wait of a state; undefined when they do not. */
export function outcomeOf(rules: WaitRules, state: string, events: readonly OrderEvent[]): WaitOutcome | undefined {
  for (const event of events) {
    const outcome = rules[state]?.outcome(event)
    if (outcome !== undefined) return outcome
  }
  return undefined
}
