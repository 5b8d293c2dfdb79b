import type { Context } from 'aws-lambda'
import { runtime } from '#shared/composition/process.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'

/** Time kept back for reporting what could not be done. */
const deadlineMarginMilliseconds = 2000

/** All that is told of what went wrong; workflows know it by its name and try again. */
class RunFailed extends Error {
  override readonly name = 'RunFailed'
  constructor(cause: unknown) {
    super(`Failed with ${cause instanceof Error ? cause.name : typeof cause}; the log says where.`)
  }
}

/**
 * Logs what goes wrong, by the rule, and throws no more of it than its name: Lambda logs whatever is thrown.
 * @param isAnswer whether an error is how the function answers, and so is thrown as it is
 */
export async function failingQuietly<R>(
  requestId: string,
  run: () => Promise<R>,
  isAnswer: (error: unknown) => boolean = () => false,
): Promise<R> {
  try {
    return await run()
  } catch (error) {
    if (isAnswer(error)) throw error
    log.error('runFailed', { request_id: requestId, error })
    throw new RunFailed(error)
  }
}

/** Makes a Lambda handler of what nobody waits for: stream, queue and schedule. */
export const background =
  <E, R>(run: (event: E, context: BackgroundContext) => Promise<R>) =>
  (event: E, context: Context): Promise<R> =>
    failingQuietly(context.awsRequestId, async () => {
      const { clock } = runtime()
      const requestId = context.awsRequestId
      const startedAt = clock.now()
      const deadline = startedAt + context.getRemainingTimeInMillis() - deadlineMarginMilliseconds
      const result = await run(event, { requestId, deadline })
      log.debug('runOver', { request_id: requestId, duration_ms: clock.now() - startedAt })
      return result
    })
