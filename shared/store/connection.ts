import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Clock } from '#shared/runtime/clock.ts'
import type { Item } from './codec.ts'
import type { Key } from './keys.ts'

/** An item that is read along with the first items a request reads, so that it costs no round trip. */
export interface Companion {
  key: Key
  /** Until it has been seen. */
  isDue: boolean
  /** @throws Refusal to end the request */
  see(item: Item | undefined): void
}

/** What the store needs of the world; `deadline` (epoch ms) is the request's. */
export interface Connection {
  /** Made on first use: a function that declares no action on the table has none. */
  readonly client: DynamoDBDocumentClient
  table: string
  clock: Clock
  random: () => number
  deadline: number
  companion?: Companion
}

/** One attempt a call: `persist` repeats it, because only we know how much time the request has left. */
export const createClient = (endpoint: string | undefined): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      ...(endpoint === undefined ? {} : { endpoint }),
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 1000, throwOnRequestTimeout: true },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  )

/** How long one attempt may take, if the request has that much time left. */
const maxAttemptMilliseconds = 5000
const baseDelayMilliseconds = 20
const maxDelayMilliseconds = 1000

const transientNames = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottlingException',
  'TimeoutError',
  'TransactionInProgressException',
  'ReplicatedWriteConflictException',
  'TransactionConflictException',
])

const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])

/** Thrown inside `persist` by a call that came back, but has to be sent again. */
export class TryAgain extends Error {
  override readonly name = 'TryAgain'
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, $metadata } = error as { code?: string; $metadata?: { httpStatusCode?: number } }
  return (
    error instanceof TryAgain ||
    transientNames.has(error.name) ||
    (code !== undefined && networkCodes.has(code)) ||
    ($metadata?.httpStatusCode ?? 0) >= 500
  )
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the time is up; waits with full jitter in between.
 * @throws Refusal `unavailable` when the time is up
 */
export async function persist<T>(
  connection: Connection,
  attempt: (options: { requestTimeout: number }) => Promise<T>,
): Promise<T> {
  for (let round = 0; ; round += 1) {
    const timeLeft = connection.deadline - connection.clock.now()
    try {
      // Zero would mean no limit.
      return await attempt({ requestTimeout: Math.max(1, Math.min(maxAttemptMilliseconds, timeLeft)) })
    } catch (error) {
      if (!isTransient(error)) throw error
      await pause(connection, round)
    }
  }
}

/**
 * Waits before the next round, with full jitter.
 * @throws Refusal `unavailable` when the time left is too short for it
 */
export async function pause({ clock, random, deadline }: Connection, round: number): Promise<void> {
  const delay = random() * Math.min(maxDelayMilliseconds, baseDelayMilliseconds * 2 ** round)
  if (clock.now() + delay >= deadline) {
    throw new Refusal('unavailable', 'The store is busy. Send the same request again.')
  }
  await clock.sleep(delay)
}
