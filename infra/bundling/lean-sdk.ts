import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { trims } from './sdk-trims.ts'

/** What the client of a package asks about its endpoint. */
interface ClientModule {
  [name: string]: unknown
}
interface Client {
  config: { endpointProvider(parameters: object): { url: URL } }
}

/** Name of a service in its hosts: `dynamodb` in `dynamodb.eu-central-1.amazonaws.com`. The SDK itself is asked. */
async function hostName(packageName: string): Promise<string> {
  const exports = (await import(packageName)) as ClientModule
  const name = Object.keys(exports).find((member) => /^[A-Z]\w+Client$/.test(member)) ?? ''
  const { config } = new (exports[name] as new (options: object) => Client)({ region: 'eu-central-1' })
  const { url } = config.endpointProvider({ Region: 'eu-central-1', UseFIPS: false, UseDualStack: false })
  return url.hostname.slice(0, url.hostname.indexOf('.'))
}

/**
 * The regional endpoint, in every partition, or the configured one: without the 12 kB of rules a service has for what
 * we do not use.
 */
const endpointResolver = (host: string): string => `
  import { partition } from '@aws-sdk/core/client'
  export function defaultEndpointResolver({ Endpoint, Region, UseFIPS, UseDualStack }) {
    if (UseFIPS || UseDualStack) throw new Error('The bundles know neither FIPS nor dual-stack endpoints')
    return { url: new URL(Endpoint ?? \`https://${host}.\${Region}.\${partition(Region).dnsSuffix}\`) }
  }`

/** Text of everything that may look at an error of the SDK. */
const ourCode = (): string =>
  globSync(join(import.meta.dirname, '../../shared/**/*.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')

/** An error that is not registered still comes with its name, as the service's general exception. */
const withoutErrorsExceptIn = (code: string, schemas: string): string =>
  schemas.replaceAll(/^n0_registry\.registerError\(.*, (\w+)\);$/gm, (line, error) =>
    code.includes(error) ? line : '',
  )

/** A bundler keeps an object with a computed name, and all that it refers to: making the name might have an effect. */
function withPlainNames(schemas: string): string {
  const texts = new Map([...schemas.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, text]) => [name, text]))
  return schemas.replaceAll(/\[(_\w+)\]:/g, (computed, name) => `${texts.get(name) ?? computed.slice(0, -1)}:`)
}

/** Leaves out of the SDK what no function of ours reaches. */
export function leanSdk(): Plugin {
  const code = ourCode()
  return {
    name: 'lean-sdk',
    setup({ onLoad }) {
      // Of a package's description only the version is ever read.
      onLoad({ filter: /\/package\.json$/ }, ({ path }) => {
        const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
        return { contents: JSON.stringify({ version }), loader: 'json' }
      })
      onLoad({ filter: /\/@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/ }, ({ path }) => ({
        contents: withPlainNames(withoutErrorsExceptIn(code, readFileSync(path, 'utf8'))),
        loader: 'js',
      }))
      // A region's partition is known by the form of its name; the rest of this is what places are called.
      onLoad({ filter: /\/@aws-sdk\/core\/dist-es\/.*\/partitions\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replaceAll(/"regions": \{\n[\s\S]*?\n {12}\}/g, '"regions": {}'),
        loader: 'js',
      }))
      onLoad({ filter: /\/@aws-sdk\/client-[^/]+\/dist-es\/endpoint\/endpointResolver\.js$/ }, async ({ path }) => ({
        contents: endpointResolver(await hostName(/@aws-sdk\/client-[^/]+/.exec(path)?.[0] ?? '')),
        loader: 'js',
        resolveDir: dirname(path),
      }))
      for (const { module, instead } of trims) {
        onLoad({ filter: new RegExp(`/node_modules/${module.replaceAll('.', '\\.')}$`) }, ({ path }) => ({
          contents: instead,
          loader: 'js',
          resolveDir: dirname(path),
        }))
      }
    },
  }
}
