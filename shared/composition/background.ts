import type { Context } from 'aws-lambda'
import { runtime } from '#shared/composition/process.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'

/** Reserved for reporting failures before Lambda's timeout. */
const deadlineMarginMilliseconds = 2000

/** The only error that background functions throw; workflows retry it by its name. */
class RunFailed extends Error {
  override readonly name = 'RunFailed'
  constructor(cause: unknown) {
    super(`Failed with ${cause instanceof Error ? cause.name : typeof cause}; the log says where.`)
  }
}

/**
 * Logs an error by the logging rule and throws only its name, because Lambda logs what a handler throws.
 * @param isAnswer whether an error is the function's regular answer, which is thrown unchanged
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

/** Creates the Lambda handler of a background function, which a stream, queue, schedule or workflow calls. */
export const background =
  <E, R>(run: (event: E, context: BackgroundContext) => Promise<R>) =>
  (event: E, context: Context): Promise<R> =>
    failingQuietly(context.awsRequestId, async () => {
      const { clock } = runtime()
      const requestId = context.awsRequestId
      const startedAt = clock.now()
      const deadline = startedAt + context.getRemainingTimeInMillis() - deadlineMarginMilliseconds
      const result = await run(event, { requestId, deadline })
      log.debug('runFinished', { request_id: requestId, duration_ms: clock.now() - startedAt })
      return result
    })
