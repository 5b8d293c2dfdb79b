import { publishTo } from '#shared/events/bus.ts'
import type { Reaction } from '#shared/events/relay.ts'
import { bus } from './event-bridge.ts'

/** Everything outside of the table that follows from an event. */
export const reactions = (): readonly Reaction[] => [publishTo(bus())]
