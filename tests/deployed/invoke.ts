import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { clientOptions } from '#infra/emulator/deployment.ts'

/** Calls a deployed function and waits for it. @param endpoint of the emulated AWS @throws Error when it fails */
export async function invoke(endpoint: string, functionName: string, event: object): Promise<void> {
  const lambda = new LambdaClient(clientOptions(endpoint))
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
  )
  if (FunctionError !== undefined) throw new Error(`${functionName} failed: ${Payload?.transformToString()}`)
}
