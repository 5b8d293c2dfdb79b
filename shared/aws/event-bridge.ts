import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { Bus } from '#shared/events/bus.ts'
import type { Envelope } from '#shared/events/event.ts'
import { ServiceError } from '#shared/requests/temporary-error.ts'
import { port } from '#shared/runtime/ports.ts'
import { timeLimits } from './time-limits.ts'

/** The `source` of all published events. */
export const eventSource = 'holdfast'

/** EventBridge's limits per call, with a margin in bytes for the members around the details. */
const maxEntries = 10
const maxBytes = 200_000

/** Publishes to the event bus that `BUS_NAME` names. */
export const bus = port<Bus>(() => {
  const client = new EventBridgeClient(timeLimits)
  const EventBusName = process.env['BUS_NAME']
  return {
    async publish(envelopes) {
      for (const batch of batchesOf(envelopes)) {
        const { FailedEntryCount = 0, Entries = [] } = await client.send(
          new PutEventsCommand({
            Entries: batch.map(({ type, at, detail }) => ({
              EventBusName,
              Source: eventSource,
              DetailType: type,
              Detail: detail,
              Time: new Date(at),
            })),
          }),
        )
        if (FailedEntryCount > 0) {
          const [code = 'none'] = Entries.flatMap(({ ErrorCode }) => ErrorCode ?? [])
          throw new ServiceError(code)
        }
      }
    },
  }
})

interface Entry {
  type: string
  at: string
  detail: string
}

function batchesOf(envelopes: readonly Envelope[]): Entry[][] {
  const batches: Entry[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const envelope of envelopes) {
    const detail = JSON.stringify(envelope)
    const size = Buffer.byteLength(detail)
    if (bytes + size > maxBytes || (batches.at(-1)?.length ?? 0) === maxEntries) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)?.push({ type: envelope.type, at: envelope.at, detail })
    bytes += size
  }
  return batches
}
