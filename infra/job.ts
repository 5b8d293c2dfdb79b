import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type JobName, jobs } from '#shared/jobs/jobs.ts'
import { useLocalAdapters } from './local/background.ts'
import { runningEndpoint } from './local/engine-record.ts'
import { loadLocalEnvironment } from './local/environment.ts'
import { invokeFunction } from './local/lambda.ts'
import { useTable } from './local/stack.ts'
import { jobFunctionName, stageOf } from './stages.ts'

/** A job's result; `finished: false` means that it must be run again. */
interface Answer {
  finished?: boolean
  [figure: string]: unknown
}

const pauseMilliseconds = 5000

const print = (line: string) => process.stdout.write(`${line}\n`)

/** Runs a job in this process, on the data of the running local stack. */
function locally(name: JobName): () => Promise<Answer | undefined> {
  const environment = loadLocalEnvironment()
  const folder = resolve(environment.DATA_DIR)
  useTable(folder, environment.DYNAMODB_ENDPOINT ?? runningEndpoint(folder))
  useLocalAdapters(folder)
  const { file, timeoutSeconds } = jobs[name]
  return () => invokeFunction<object, Answer | undefined>(file, {}, timeoutSeconds)
}

/** Invokes a job's function in the account of the shell's AWS credentials. */
function deployed(name: JobName, stageName: string): () => Promise<Answer | undefined> {
  const client = new LambdaClient({})
  const FunctionName = jobFunctionName(stageOf(stageName), name)
  return async () => {
    const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName }))
    const answer = Payload?.transformToString() ?? ''
    if (FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${answer}`)
    return answer === '' ? undefined : JSON.parse(answer)
  }
}

/** `npm run job -- reconcile [--stage dev]` */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { stage: { type: 'string' } }, allowPositionals: true })
  const name = Object.keys(jobs).find((job): job is JobName => job === positionals[0])
  if (name === undefined) throw new Error(`Name a job: ${Object.keys(jobs).join(', ')}`)
  const run = values.stage === undefined ? locally(name) : deployed(name, values.stage)
  for (let round = 1; ; round += 1) {
    const { finished = true, ...figures } = (await run()) ?? {}
    if (finished) {
      print([`${name} is done`, ...Object.entries(figures).map((figure) => figure.join(': '))].join(', '))
      return
    }
    if (round === 1) print(`${name} is still running ...`)
    await delay(pauseMilliseconds)
  }
}

main().then(
  // Keep-alive sockets to the engine would keep the process running.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
