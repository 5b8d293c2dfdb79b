import { parseArgs } from 'node:util'
import { routes } from '#shared/api/routes.ts'
import { loadLocalEnvironment } from './environment.ts'
import { startStack } from './stack.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)
const complain = (line: string) => process.stderr.write(`${line}\n`)

/** @returns when requests are served */
export async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } })
  const environment = loadLocalEnvironment()
  const starting = startStack(
    {
      dataFolder: environment.DATA_DIR,
      host: environment.HOST,
      port: environment.PORT,
      fresh: values.fresh,
      engine: environment.LOCAL_ENGINE,
      endpoint: environment.DYNAMODB_ENDPOINT,
      scheduleSeconds: environment.SCHEDULE_SECONDS,
    },
    complain,
  )

  let isStopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isStopping) return
      isStopping = true
      starting
        .then((stack) => stack.stop())
        .then(
          () => process.exit(0),
          (error: unknown) => fail('could not stop', error),
        )
    })
  }

  const stack = await starting
  stack.failed.catch((error: unknown) => fail('stopped', error))
  const { email, username } = stack.admin
  print(`Holdfast   ${stack.baseUrl}`)
  print(`Docs       ${stack.baseUrl}${routes.getDocs.path}`)
  print(`Admin      ${email}${username === null ? '' : ` (username ${username})`}`)
  if (stack.generatedPassword !== undefined)
    print(`Password   ${stack.generatedPassword}   (shown once; ADMIN_PASSWORD sets your own)`)
  print('Ctrl-C stops everything.')
}

function fail(what: string, error: unknown): never {
  complain(`Holdfast ${what}: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

if (import.meta.main) main().catch((error: unknown) => fail('could not start', error))
