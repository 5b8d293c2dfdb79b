import { randomUUID } from 'node:crypto'
import { tracingChannel } from 'node:diagnostics_channel'
import type { Context } from 'aws-lambda'
import { functionTimeoutSeconds } from '#shared/runtime/function-definition.ts'

type Handler<E, R> = (event: E, context: Context) => Promise<R>

/** Thrown when a function does not answer within its timeout. */
export class FunctionTimeout extends Error {
  override readonly name = 'FunctionTimeout'
}

/** Publishes the start and the end of every call of a function. */
export const invocations = tracingChannel<unknown, { file: string }>('holdfast:invocation')

/**
 * Runs the handler of a function file as Lambda would; a module is loaded on its first call and kept.
 * @param file from the top of the repository
 * @throws FunctionTimeout, or what the handler throws
 */
export async function invokeFunction<E, R>(
  file: string,
  event: E,
  timeoutSeconds: number = functionTimeoutSeconds,
): Promise<R> {
  const { handler } = (await import(`#functions/${file.slice('functions/'.length)}`)) as { handler: Handler<E, R> }
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new FunctionTimeout(file)), timeoutSeconds * 1000)
  })
  try {
    const answer = invocations.tracePromise(() => handler(event, lambdaContext(timeoutSeconds)), { file })
    return await Promise.race([answer, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function lambdaContext(timeoutSeconds: number): Context {
  const endsAt = Date.now() + timeoutSeconds * 1000
  const unused = () => undefined
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'local',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:local',
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: 'local',
    logStreamName: 'local',
    getRemainingTimeInMillis: () => endsAt - Date.now(),
    done: unused,
    fail: unused,
    succeed: unused,
  }
}
