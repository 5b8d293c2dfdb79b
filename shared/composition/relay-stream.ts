import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { type RelayPorts, relayChanges } from '#shared/events/relay-changes.ts'
import type { Services } from '#shared/runtime/services.ts'
import { changeAt } from '#shared/store/changes.ts'

/** Relays a batch of the table's stream. Records may arrive twice, late and in any order. */
export async function relayStream(
  services: Services,
  ports: RelayPorts,
  { Records }: DynamoDBStreamEvent,
): Promise<DynamoDBBatchResponse> {
  const changes = Records.flatMap(({ eventName, dynamodb: { Keys, SequenceNumber = '' } = {} }) => {
    const change = eventName === 'INSERT' && changeAt({ pk: Keys?.['pk']?.S ?? '', sk: Keys?.['sk']?.S ?? '' })
    return change ? [{ change, id: SequenceNumber }] : []
  })
  const failed = await relayChanges(services, ports, changes)
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
}
