import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { adminSecret } from '#shared/aws/admin-secret.ts'
import { type JobName, jobs } from '#shared/jobs/jobs.ts'
import { type MigrationStatus, statusLines } from '#shared/jobs/migration-status.ts'
import { readConfig } from '#shared/runtime/config.ts'
import { destination } from '#shared/runtime/log.ts'
import { printedAdmin } from './local/admin-secret.ts'
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

/** Runs a job once. */
type Run = (request: object) => Promise<Answer | undefined>

const pauseMilliseconds = 5000

const print = (line: string) => process.stdout.write(`${line}\n`)

/** Runs a job in this process, on the data of the running local stack. */
function locally(name: JobName): Run {
  const environment = loadLocalEnvironment()
  const folder = resolve(environment.DATA_DIR)
  useTable(folder, environment.DYNAMODB_ENDPOINT ?? runningEndpoint(folder))
  useLocalAdapters(folder)
  adminSecret.replace(printedAdmin(readConfig(process.env).ADMIN_EMAIL))
  // Stdout is for the answer.
  destination.replace((line) => void process.stderr.write(`${JSON.stringify(line)}\n`))
  const { file, timeoutSeconds } = jobs[name]
  return (request) => invokeFunction<object, Answer | undefined>(file, request, timeoutSeconds)
}

/** Invokes a job's function in the account of the shell's AWS credentials. */
function deployed(name: JobName, stageName: string): Run {
  const client = new LambdaClient({})
  const FunctionName = jobFunctionName(stageOf(stageName), name)
  return async (request) => {
    const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) })
    const { FunctionError, Payload } = await client.send(command)
    const answer = Payload?.transformToString() ?? ''
    if (FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${answer}`)
    return answer === '' ? undefined : JSON.parse(answer)
  }
}

/** Runs a job until it is finished, and prints how far it is whenever that has changed. */
async function runToItsEnd(name: JobName, run: Run): Promise<void> {
  for (let printed = ''; ; ) {
    const { finished = true, ...figures } = (await run({})) ?? {}
    const line = [
      `${name} ${finished ? 'is done' : 'is still running'}`,
      ...Object.entries(figures).map((pair) => pair.join(': ')),
    ]
    if (line.join(', ') !== printed) print(line.join(', '))
    if (finished) return
    printed = line.join(', ')
    await delay(pauseMilliseconds)
  }
}

async function printMigrationStatus(run: Run): Promise<void> {
  let status: MigrationStatus | undefined
  do {
    status = (await run({ status: true, counted: status?.counted })) as Answer & MigrationStatus
  } while (!status.finished)
  for (const line of statusLines(status)) print(line)
}

/** `npm run job -- reconcile [--stage dev]`, `npm run job -- migrate --status [--stage dev]` */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { stage: { type: 'string' }, status: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const name = Object.keys(jobs).find((job): job is JobName => job === positionals[0])
  if (name === undefined) throw new Error(`Name a job: ${Object.keys(jobs).join(', ')}`)
  if (values.status && name !== 'migrate') throw new Error('Only migrate has a --status.')
  const run = values.stage === undefined ? locally(name) : deployed(name, values.stage)
  await (values.status ? printMigrationStatus(run) : runToItsEnd(name, run))
}

main().then(
  // Keep-alive sockets to the engine would keep the process running.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
