import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { LocalEnvironment, settingNames } from '#infra/local/environment.ts'
import { Environment } from '#shared/runtime/config.ts'

interface Setting {
  name: string
  description: string
  /** As an environment variable holds it; empty where there is none. */
  default: string
  /** Markdown. */
  values: string
}

/** A setting in JSON Schema. */
interface Allowed {
  type?: string
  title?: string
  default?: string | number
  enum?: string[]
  const?: string
  anyOf?: Allowed[]
  minimum?: number
  maximum?: number
  minLength?: number
  pattern?: string
  format?: string
}

const root = join(import.meta.dirname, '../..')

/** The comment above each setting; comments cost nothing in the bundles that hold the table. */
function descriptionsIn(file: string): Map<string, string> {
  const found = readFileSync(join(root, file), 'utf8').matchAll(/^ {2}\/\*\* (.+) \*\/\n {2}([A-Z_]+): /gm)
  return new Map([...found].map(([, description = '', name = '']) => [name, description]))
}

function valuesOf(allowed: Allowed): string {
  if (allowed.title !== undefined) return allowed.title
  if (allowed.anyOf) return allowed.anyOf.map(valuesOf).join(', or ')
  if (allowed.const !== undefined) return `\`${allowed.const}\``
  if (allowed.enum) return allowed.enum.map((value) => `\`${value}\``).join(', ')
  if (allowed.type === 'integer') return `${allowed.minimum} to ${allowed.maximum}`
  if (allowed.format !== undefined) return { uri: 'URL', email: 'e-mail address' }[allowed.format] ?? allowed.format
  if (allowed.minLength !== undefined) return `${allowed.minLength} characters or more`
  return allowed.pattern === undefined ? 'text' : `\`${allowed.pattern}\``
}

function settingsOf(schema: z.ZodMiniObject, file: string): Setting[] {
  const descriptions = descriptionsIn(file)
  const { properties = {} } = z.toJSONSchema(schema) as { properties?: Record<string, Allowed> }
  return Object.entries(properties).map(([name, allowed]) => ({
    name,
    description: descriptions.get(name) ?? '',
    default: String(allowed.default ?? ''),
    values: valuesOf(allowed),
  }))
}

const api = settingsOf(Environment, 'shared/runtime/config.ts')
const local = settingsOf(LocalEnvironment, 'infra/local/environment.ts').filter(
  ({ name }) => !api.some((setting) => setting.name === name),
)

/** Those of the local stack, then those of the API. */
export const settings: readonly Setting[] = [...local, ...api]

const table = (rows: Setting[]): string =>
  [
    '| setting | default | values | |',
    '|---|---|---|---|',
    ...rows.map((row) => {
      const preset = row.default === '' ? '' : `\`${row.default}\``
      return `| \`${row.name}\` | ${preset} | ${row.values} | ${row.description} |`
    }),
  ].join('\n')

/** `docs/settings.md` */
export const settingsPage = `# Settings

<!-- Generated from shared/runtime/config.ts and infra/local/environment.ts: npx vitest run --project structure -u -->

Settings are environment variables. An empty variable counts as unset. Startup fails on an invalid value and names the
variable.

- **Local stack**: variables of the shell come first, then a \`.env\` file in the working directory. Startup fails on an
  unknown name in \`.env\`. \`.env.example\` lists every setting that \`.env\` may contain.
- **AWS**: \`infra/stages.ts\` holds the settings of each stage, and further ones under \`environment\`. Secrets are in Secrets
  Manager, never in a variable. \`staging\` and \`prod\` refuse \`RATE_LIMIT_REQUESTS=off\`; every stage on AWS refuses a
  \`PASSWORD_HASH_COST\` below 10.

## Local stack only

${table(local)}

## API

${table(api)}
`

/** `.env.example` */
export const environmentExample = `# Settings of the local stack with their defaults. Copy the lines that you change to .env; variables of the shell come
# first. Startup fails on any other name in .env and on an invalid value. docs/settings.md lists the values allowed.

${settings
  .filter(({ name }) => settingNames.includes(name))
  .map((setting) => `# ${setting.description.replaceAll('`', '')}\n# ${setting.name}=${setting.default}\n`)
  .join('\n')}`
