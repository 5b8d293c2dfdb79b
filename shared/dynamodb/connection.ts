import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Clock } from '#shared/runtime/clock.ts'
import { isUnanswered, type Reachability } from './reachability.ts'

/** What the store needs of the world; `deadline` (epoch ms) is the request's. */
export interface Connection {
  /** Made on first use: a function that declares no action on the table has none. */
  readonly client: DynamoDBDocumentClient
  table: string
  clock: Clock
  random: () => number
  /** Whether this process can reach the table. */
  reachability: Reachability
  deadline: number
}

/** One attempt a call: `persist` repeats it, because only we know how much time the request has left. */
export const createClient = (endpoint: string | undefined): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      ...(endpoint === undefined ? {} : { endpoint }),
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 3000, throwOnRequestTimeout: true },
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
  'TransactionInProgressException',
  'ReplicatedWriteConflictException',
  'TransactionConflictException',
])

/** Thrown inside `persist` by a call that was answered, but has to be sent again. */
export class TryAgain extends Error {
  override readonly name = 'TryAgain'
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  return (
    error instanceof TryAgain ||
    transientNames.has(error.name) ||
    isUnanswered(error) ||
    ($metadata?.httpStatusCode ?? 0) >= 500
  )
}

/** Options of one attempt. */
export interface AttemptOptions {
  /** Milliseconds. */
  requestTimeout: number
  abortSignal: AbortSignal
}

/** Long pauses do not help an unreachable table: they stay short, so that its recovery is noticed at once. */
const maxRoundUnanswered = 2

/**
 * Runs `attempt` until it succeeds, fails for good, or the time is up; waits with full jitter in between.
 * @throws Refusal `unavailable` when the time is up, or when the table has been silent for too long
 */
export async function persist<T>(connection: Connection, attempt: (options: AttemptOptions) => Promise<T>): Promise<T> {
  const { clock, deadline, reachability } = connection
  for (let round = 0; ; round += 1) {
    // Zero would mean no limit.
    const requestTimeout = Math.max(1, Math.min(maxAttemptMilliseconds, deadline - clock.now()))
    try {
      return await reachability.attempt((abortSignal) => attempt({ requestTimeout, abortSignal }))
    } catch (error) {
      if (!isTransient(error)) throw error
      if (isUnanswered(error)) reachability.assertHeard()
      await pause(connection, isUnanswered(error) ? Math.min(round, maxRoundUnanswered) : round)
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
