import { parseArgs } from 'node:util'
import { routes } from '#shared/api/routes.ts'
import { loadLocalEnvironment } from './environment.ts'
import { startStack } from './stack.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

/** @returns when requests are served */
export async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } })
  const environment = loadLocalEnvironment()
  const stack = await startStack({
    dataFolder: environment.DATA_DIR,
    host: environment.HOST,
    port: environment.PORT,
    fresh: values.fresh,
    engine: environment.LOCAL_ENGINE,
    endpoint: environment.DYNAMODB_ENDPOINT,
    scheduleSeconds: environment.SCHEDULE_SECONDS,
  })
  print(`Holdfast   ${stack.baseUrl}`)
  print(`Docs       ${stack.baseUrl}${routes.getDocs.path}`)
  print(`Admin      ${stack.admin.email} (username admin)`)
  if (stack.admin.generatedPassword)
    print(`Password   ${stack.admin.generatedPassword}   (shown once; ADMIN_PASSWORD sets your own)`)
  print('Ctrl-C stops everything.')

  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      stack.stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      )
    })
  }
}

function fail(error: unknown): void {
  process.stderr.write(`Holdfast could not start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

if (import.meta.main) main().catch(fail)
