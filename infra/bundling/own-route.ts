import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

const routesFile = join(import.meta.dirname, '../../shared/api/routes.ts')

const importOfTable = "import { routes } from '#shared/api/routes.ts'"
const importOfExports = "import * as routes from '#shared/api/routes.ts?exports'"

/** Schemas and routes are made by calls without effect, which a bundler cannot know. `z.config` is the exception. */
const marked = (source: string): string =>
  source.replaceAll(/(?<![.\w])(?:z\.(?!config\b)\w+|route|orderAction)\(/g, '/* @__PURE__ */ $&')

/**
 * The table as a module with one export an entry, because a bundler leaves out exports but no members.
 * @throws Error when the table is not written as this expects it
 */
function routeExports(source: string): string {
  const table = /^export const routes = \{\n([\s\S]*?)^\} satisfies .*\n/m
  const members = table
    .exec(source)?.[1]
    ?.replaceAll(/^ {2}(\w+): /gm, 'export const $1 = ')
    .replaceAll(/^ {2}\}\),$/gm, '})')
  if (members === undefined) throw new Error(`The table of routes is not where it is looked for in ${routesFile}`)
  return source.replace(table, () => members)
}

/** Gives a function its own route instead of the whole table with the schemas of every other. */
export const ownRoute: Plugin = {
  name: 'own-route',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/routes\.ts\?exports$/ }, () => ({ path: routesFile, suffix: '?exports' }))
    onLoad({ filter: /\/shared\/.*\.ts$/ }, ({ path, suffix }) => {
      const source = readFileSync(path, 'utf8')
      return { contents: marked(suffix === '?exports' ? routeExports(source) : source), loader: 'ts' }
    })
    onLoad({ filter: /\/functions\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(importOfTable, importOfExports),
      loader: 'ts',
    }))
  },
}
