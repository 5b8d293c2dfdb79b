import type { OrderEvent } from '#shared/orders/order.ts'

/** How a wait ends before its time: what it waits for has happened, or will not happen any more. */
export type Outcome = 'done' | 'cancelled'

/** A state that waits for something to happen to an order. */
interface Wait {
  /** @returns undefined for events that leave it waiting */
  outcome(event: OrderEvent): Outcome | undefined
  /** The wait that follows when this one is done; none ends the machine. */
  readonly next?: string
}

export type Waits = Readonly<Record<string, Wait>>

/** Where an execution is. */
export interface Position {
  state: string
  /** When it got there. */
  since: string
}

/**
 * Goes on from a wait, as the events tell it. An execution may be some events behind its order; events of states that it has
 * passed leave it where it is.
 * @param events those after the event that started the execution
 * @returns undefined when the execution has come to its end
 */
export function positionAfter(waits: Waits, from: Position, events: readonly OrderEvent[]): Position | undefined {
  let position = from
  for (const event of events) {
    const wait = waits[position.state]
    const outcome = wait?.outcome(event)
    if (outcome === undefined) continue
    if (outcome === 'cancelled' || wait?.next === undefined) return undefined
    position = { state: wait.next, since: event.at }
  }
  return position
}

/** How the events end a wait; undefined when it goes on. */
export function outcomeOf(waits: Waits, state: string, events: readonly OrderEvent[]): Outcome | undefined {
  for (const event of events) {
    const outcome = waits[state]?.outcome(event)
    if (outcome !== undefined) return outcome
  }
  return undefined
}
