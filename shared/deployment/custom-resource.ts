import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import { type Clock, systemClock } from '#shared/runtime/clock.ts'
import { log } from '#shared/runtime/log.ts'

type Properties = Record<string, string>

const pauseMilliseconds = 3000
/** How long a role that was created moments ago may still be refused. */
const refusedMilliseconds = 45_000
const maxAnswers = 3

/** Runs `apply` when the resource is created or updated, and reports the result to CloudFormation. */
export async function answerCustomResource(
  event: CloudFormationCustomResourceEvent,
  apply: (properties: Properties) => Promise<void>,
  clock: Clock = systemClock,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, RequestType, ResponseURL } = event
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: LogicalResourceId }
  let outcome: { Status: 'SUCCESS' } | { Status: 'FAILED'; Reason: string } = { Status: 'SUCCESS' }
  try {
    const properties = event.ResourceProperties as unknown as Properties
    if (RequestType !== 'Delete') await onceAllowed(() => apply(properties), clock)
  } catch (error) {
    log.error('runFailed', { request_id: RequestId, error })
    outcome = { Status: 'FAILED', Reason: `The bootstrap failed (${nameOf(error)}); its log says why.` }
  }
  await send(ResponseURL, JSON.stringify({ ...answer, ...outcome }), clock)
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error')

/** IAM is eventually consistent: a refusal during the first seconds of a role is not final. */
async function onceAllowed(apply: () => Promise<void>, clock: Clock): Promise<void> {
  const end = clock.now() + refusedMilliseconds
  for (;;) {
    try {
      return await apply()
    } catch (error) {
      if (!nameOf(error).startsWith('AccessDenied') || clock.now() + pauseMilliseconds > end) throw error
      await clock.sleep(pauseMilliseconds)
    }
  }
}

/** Without the answer, CloudFormation waits until its own timeout. @throws Error when it was refused each time */
async function send(url: string, body: string, clock: Clock): Promise<void> {
  for (let sent = 1; ; sent += 1) {
    try {
      const { ok, status } = await fetch(url, { method: 'PUT', body, signal: AbortSignal.timeout(5000) })
      if (ok) return
      throw new Error(`CloudFormation's answer was ${status}`)
    } catch (error) {
      if (sent === maxAnswers) throw error
      await clock.sleep(pauseMilliseconds)
    }
  }
}
