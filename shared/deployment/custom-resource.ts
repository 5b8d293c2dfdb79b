import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import { log } from '#shared/runtime/log.ts'

type Properties = Record<string, string>

/** Runs `apply` when the resource is created or updated, and reports the result to CloudFormation. */
export async function answerCustomResource(
  event: CloudFormationCustomResourceEvent,
  apply: (properties: Properties) => Promise<void>,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, RequestType, ResponseURL } = event
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: LogicalResourceId }
  let outcome: { Status: 'SUCCESS' } | { Status: 'FAILED'; Reason: string } = { Status: 'SUCCESS' }
  try {
    if (RequestType !== 'Delete') await apply(event.ResourceProperties as unknown as Properties)
  } catch (error) {
    log.error('runFailed', { request_id: RequestId, error })
    const kind = error instanceof Error ? error.name : 'unknown error'
    outcome = { Status: 'FAILED', Reason: `The bootstrap failed (${kind}); its log says why.` }
  }
  await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify({ ...answer, ...outcome }) })
}
