import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import type { AwsService } from './declared-clients.ts'
import { markPureCalls, routeExports, routeExportsModule, withRouteExports } from './own-route.ts'

const root = join(import.meta.dirname, '../..')

function adapted(path: string, suffix: string): string {
  const source = readFileSync(path, 'utf8')
  if (path.startsWith(join(root, 'functions/'))) return withRouteExports(source)
  return markPureCalls(suffix.endsWith('exports') ? routeExports(source) : source)
}

/**
 * Gives each function its own route instead of the table of all routes, and modules of its own, so that each can be
 * given the SDK clients it declares. Functions with the same clients share modules, and all share the packages: one
 * build serves all of them.
 * @param servicesOf a function, by its file from the top of the repository
 */
export const ownModules = (servicesOf: (file: string) => readonly AwsService[]): Plugin => ({
  name: 'own-modules',
  setup({ onResolve, onLoad }) {
    const suffixOf = (services: readonly AwsService[]) => `?${services.join('+')}`
    onResolve({ filter: /\bfunctions\/.*\.ts$/ }, ({ path, kind }) => {
      if (kind !== 'entry-point') return undefined
      const services = servicesOf(relative(root, resolve(root, path)))
      return { path: resolve(root, path), suffix: suffixOf(services), pluginData: services }
    })
    onResolve({ filter: /^(#shared|\.\.?)\/.*\.ts(\?exports)?$/ }, ({ path, importer, pluginData }) => {
      if (pluginData === undefined) return undefined
      const file = path.replace(/\?exports$/, '')
      return {
        path: file.startsWith('#') ? join(root, file.slice(1)) : resolve(dirname(importer), file),
        suffix: suffixOf(pluginData) + (path === routeExportsModule ? '&exports' : ''),
        pluginData,
        sideEffects: false,
      }
    })
    onLoad({ filter: /\/(shared|functions)\/.*\.ts$/ }, ({ path, suffix, pluginData }) => ({
      contents: adapted(path, suffix),
      loader: 'ts',
      pluginData,
    }))
  },
})
