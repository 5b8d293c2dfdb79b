import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { clientOptions } from '#infra/emulator/deployment.ts'

/**
 * Calls a deployed function and waits for it.
 * @param endpoint of the emulated AWS
 * @returns its answer @throws Error when it fails
 */
export async function invoke(endpoint: string, functionName: string, event: object): Promise<unknown> {
  const lambda = new LambdaClient(clientOptions(endpoint))
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
  )
  const answer = Payload?.transformToString() ?? ''
  if (FunctionError !== undefined) throw new Error(`${functionName} failed: ${answer}`)
  return answer === '' ? undefined : JSON.parse(answer)
}
