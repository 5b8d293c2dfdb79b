import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import * as z from 'zod/mini'
import { Environment, readConfig, readSettings } from '#shared/runtime/config.ts'

/** Settings of the local stack itself, described as those in `shared/runtime/config.ts` are. */
export const LocalEnvironment = z.object({
  /** Port of the local stack; 0 takes any free one. */
  PORT: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(65_535)), 3000),
  /** Address on which the local stack listens. */
  HOST: z._default(z.string(), '127.0.0.1'),
  /** Folder of data, keys, logs and mails. One stack at a time uses it. */
  DATA_DIR: z._default(z.string(), '.local'),
  /** DynamoDB engine of the local stack. By default dynoxide, or DynamoDB Local where dynoxide does not run. */
  LOCAL_ENGINE: z.optional(z.enum(['dynoxide', 'dynamodb-local'])),
  DYNAMODB_ENDPOINT: Environment.shape.DYNAMODB_ENDPOINT,
  /** Seconds between two runs of the most frequent scheduled job. */
  SCHEDULE_SECONDS: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(86_400)), 120),
})

/** Settings that the stack makes itself, because it knows where its data is. */
const ownSettings = ['SECRETS_PREFIX', 'SECRETS_FILE']

/** Names that `.env` may set. */
export const settingNames: string[] = [
  ...new Set([...Object.keys(LocalEnvironment.shape), ...Object.keys(Environment.shape)]),
].filter((name) => !ownSettings.includes(name))

/** AWS clients require these; the engine ignores them. */
const forClients = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

/**
 * Adds to the process's environment the settings of a file that the environment does not set itself.
 * @param file need not exist
 * @throws Error that names every setting that does not exist, or every variable with a bad value
 */
export function loadLocalEnvironment(
  file = '.env',
  environment: Record<string, string | undefined> = process.env,
): z.output<typeof LocalEnvironment> {
  const settings = parseEnv(textOf(file))
  const unknown = Object.keys(settings).filter((name) => !settingNames.includes(name))
  if (unknown.length > 0) {
    throw new Error(`Bad configuration: ${file} sets ${unknown.join(', ')}; .env.example lists every setting`)
  }
  for (const [name, value] of Object.entries({ ...forClients, ...settings })) environment[name] ??= value
  readConfig(environment)
  return readSettings(LocalEnvironment, environment)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
