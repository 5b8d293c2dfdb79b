const importOfTable = "import { routes } from '#shared/api/routes.ts'"

/** Under this name the table of routes is a module with one export an entry. */
export const routeExportsModule = '#shared/api/routes.ts?exports'

/** Schemas and routes are made by calls without effect, which a bundler cannot know. `z.config` is the exception. */
export const markPureCalls = (source: string): string =>
  source.replaceAll(/(?<![.\w])(?:z\.(?!config\b)\w+|route|orderAction)\(/g, '/* @__PURE__ */ $&')

/** A function that takes its routes from the exports: a bundler leaves out exports, but no members. */
export const withRouteExports = (source: string): string =>
  source.replace(importOfTable, `import * as routes from '${routeExportsModule}'`)

/**
 * The table as a module with one export an entry.
 * @throws Error when the table is not written as this expects it
 */
export function routeExports(source: string): string {
  const table = /^export const routes = \{\n([\s\S]*?)^\} satisfies .*\n/m
  const members = table
    .exec(source)?.[1]
    ?.replaceAll(/^ {2}(\w+): /gm, 'export const $1 = ')
    .replaceAll(/^ {2}\}\),$/gm, '})')
  if (members === undefined) throw new Error('The table of routes is not written as `export const routes = {…}`')
  return source.replace(table, () => members)
}
