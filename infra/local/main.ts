import { parseArgs } from 'node:util'
import * as z from 'zod/mini'
import { routes } from '#shared/api/routes.ts'
import { readSettings } from '#shared/runtime/config.ts'
import type { Served } from './gateway.ts'
import { startStack } from './stack.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

const printRequest = ({ method, path, status, milliseconds, requestId }: Served) =>
  print(`${new Date().toISOString()} ${status} ${method} ${path} ${milliseconds.toFixed(1)} ms ${requestId}`)

/** Settings of the local stack itself; the others are in `shared/runtime/config.ts`. */
const LocalEnvironment = z.object({
  PORT: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(65_535)), 3000),
  HOST: z._default(z.string(), '127.0.0.1'),
  DATA_DIR: z._default(z.string(), '.local'),
  LOCAL_ENGINE: z.optional(z.enum(['dynoxide', 'dynamodb-local'])),
  DYNAMODB_ENDPOINT: z.optional(z.url()),
})

/** @returns when requests are served */
export async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } })
  try {
    process.loadEnvFile()
  } catch {
    // There need not be a .env file.
  }
  const environment = readSettings(LocalEnvironment, process.env)
  // Standard AWS clients insist on having these; the engine does not look at them.
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })) {
    process.env[name] ??= value
  }
  const stack = await startStack({
    dataFolder: environment.DATA_DIR,
    host: environment.HOST,
    port: environment.PORT,
    fresh: values.fresh,
    engine: environment.LOCAL_ENGINE,
    endpoint: environment.DYNAMODB_ENDPOINT,
    onRequest: printRequest,
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
