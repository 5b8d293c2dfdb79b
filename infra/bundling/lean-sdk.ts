import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { trims } from './sdk-trims.ts'

interface ClientModule {
  [name: string]: unknown
}
interface Client {
  config: { endpointProvider(parameters: object): { url: URL } }
}

/** The service's name in its hosts, as the SDK resolves it: `dynamodb` in `dynamodb.eu-central-1.amazonaws.com`. */
async function hostName(packageName: string): Promise<string> {
  const exports = (await import(packageName)) as ClientModule
  const name = Object.keys(exports).find((member) => /^[A-Z]\w+Client$/.test(member)) ?? ''
  const { config } = new (exports[name] as new (options: object) => Client)({ region: 'eu-central-1' })
  const { url } = config.endpointProvider({ Region: 'eu-central-1', UseFIPS: false, UseDualStack: false })
  return url.hostname.slice(0, url.hostname.indexOf('.'))
}

/**
 * Resolves the configured endpoint or the regional one, in every partition. It replaces 12 kB of rules per service, most of
 * them for unused features.
 */
const endpointResolver = (host: string): string => `
  import { partition } from '@aws-sdk/core/client'
  export function defaultEndpointResolver({ Endpoint, Region, UseFIPS, UseDualStack }) {
    if (UseFIPS || UseDualStack) throw new Error('The bundles support neither FIPS nor dual-stack endpoints')
    return { url: new URL(Endpoint ?? \`https://${host}.\${Region}.\${partition(Region).dnsSuffix}\`) }
  }`

const sharedSource = (): string =>
  globSync(join(import.meta.dirname, '../../shared/**/*.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')

/** An error class that is not registered still arrives with its name, as the service's general exception. */
const withoutErrorsExceptIn = (code: string, schemas: string): string =>
  schemas.replaceAll(/^n0_registry\.registerError\(.*, (\w+)\);$/gm, (line, error) =>
    code.includes(error) ? line : '',
  )

/** A bundler keeps objects with computed keys, and everything they refer to, because computing a key might have effects. */
function withPlainNames(schemas: string): string {
  const texts = new Map([...schemas.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, text]) => [name, text]))
  return schemas.replaceAll(/\[(_\w+)\]:/g, (computed, name) => `${texts.get(name) ?? computed.slice(0, -1)}:`)
}

export function leanSdk(): Plugin {
  const code = sharedSource()
  return {
    name: 'lean-sdk',
    setup({ onLoad }) {
      // The SDK reads only the version from a package.json.
      onLoad({ filter: /\/package\.json$/ }, ({ path }) => {
        const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
        return { contents: JSON.stringify({ version }), loader: 'json' }
      })
      onLoad({ filter: /\/@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/ }, ({ path }) => ({
        contents: withPlainNames(withoutErrorsExceptIn(code, readFileSync(path, 'utf8'))),
        loader: 'js',
      }))
      // The partition follows from the pattern of a region's name; the list of regions only adds descriptions.
      onLoad({ filter: /\/@aws-sdk\/core\/dist-es\/.*\/partitions\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replaceAll(/"regions": \{\n[\s\S]*?\n {12}\}/g, '"regions": {}'),
        loader: 'js',
      }))
      onLoad({ filter: /\/@aws-sdk\/client-[^/]+\/dist-es\/endpoint\/endpointResolver\.js$/ }, async ({ path }) => ({
        contents: endpointResolver(await hostName(/@aws-sdk\/client-[^/]+/.exec(path)?.[0] ?? '')),
        loader: 'js',
        resolveDir: dirname(path),
      }))
      for (const { module, replacement } of trims) {
        onLoad({ filter: new RegExp(`/node_modules/${module.replaceAll('.', '\\.')}$`) }, ({ path }) => ({
          contents: replacement,
          loader: 'js',
          resolveDir: dirname(path),
        }))
      }
    },
  }
}
