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
 * Gives each function its own route instead of the whole route table, and its own copies of the modules, so that each copy
 * can be built with the SDK clients the function declares. Functions with the same clients share copies, and all share the
 * packages, so one build covers all functions.
 * @param servicesOf returns the services of a function, given its file relative to the repository root
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
