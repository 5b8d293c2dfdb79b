import { type Envelope, envelopeOf } from './event.ts'
import type { Reaction } from './relay.ts'

/** Delivers each envelope at least once to every subscription to its type. */
export interface Bus {
  /** @throws unless all were accepted */
  publish(envelopes: readonly Envelope[]): Promise<void>
}

export const publishTo =
  (bus: Bus): Reaction =>
  (events) =>
    bus.publish(events.map(envelopeOf))
