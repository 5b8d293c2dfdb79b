const routesImport = "import { routes } from '#shared/api/routes.ts'"

/** Module name under which the route table is resolved as one export per route. */
export const routeExportsModule = '#shared/api/routes.ts?exports'

/** Calls that create schemas and routes have no side effects, which a bundler cannot know; `z.config` does have one. */
export const markPureCalls = (source: string): string =>
  source.replaceAll(/(?<![.\w])(?:z\.(?!config\b)\w+|route|orderAction)\(/g, '/* @__PURE__ */ $&')

/** Makes a function import the exports instead of the table: a bundler drops unused exports, but not unused members. */
export const withRouteExports = (source: string): string =>
  source.replace(routesImport, `import * as routes from '${routeExportsModule}'`)

/**
 * Rewrites the route table as a module with one export per route.
 * @throws Error when the table's source does not have the expected form
 */
export function routeExports(source: string): string {
  const table = /^export const routes = \{\n([\s\S]*?)^\} satisfies .*\n/m
  const members = table
    .exec(source)?.[1]
    ?.replaceAll(/^ {2}(\w+): /gm, 'export const $1 = ')
    .replaceAll(/^ {2}\}\),$/gm, '})')
  if (members === undefined) throw new Error('The route table is not written as `export const routes = {…}`')
  return source.replace(table, () => members)
}
