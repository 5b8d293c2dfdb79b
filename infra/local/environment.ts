import * as z from 'zod/mini'
import { readSettings } from '#shared/runtime/config.ts'

/** Settings of the local stack itself; the others are in `shared/runtime/config.ts`. */
export const LocalEnvironment = z.object({
  PORT: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(65_535)), 3000),
  HOST: z._default(z.string(), '127.0.0.1'),
  DATA_DIR: z._default(z.string(), '.local'),
  LOCAL_ENGINE: z.optional(z.enum(['dynoxide', 'dynamodb-local'])),
  DYNAMODB_ENDPOINT: z.optional(z.url()),
  /** Between two runs of the most frequent scheduled job. */
  SCHEDULE_SECONDS: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(86_400)), 120),
})

/** Standard AWS clients insist on having these; the engine does not look at them. */
const forClients = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

/** The process's environment with what `.env` adds. @throws Error that names every variable with a bad value */
export function loadLocalEnvironment(): z.output<typeof LocalEnvironment> {
  try {
    process.loadEnvFile()
  } catch {
    // There need not be a .env file.
  }
  for (const [name, value] of Object.entries(forClients)) process.env[name] ??= value
  return readSettings(LocalEnvironment, process.env)
}
