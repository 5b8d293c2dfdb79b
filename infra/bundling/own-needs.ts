import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import type { AwsService } from './declared-clients.ts'
import { markPureCalls, routeExports, routeExportsModule, withRouteExports } from './own-route.ts'
import { storeFile, withParts } from './own-store.ts'

const root = join(import.meta.dirname, '../..')

/** What the bundle of a function is made for. */
export interface Needs {
  services: readonly AwsService[]
  storeParts: readonly string[]
}

function adapted(path: string, suffix: string, { storeParts }: Needs): string {
  const source = readFileSync(path, 'utf8')
  if (path === storeFile) return withParts(storeParts, source)
  if (path.startsWith(join(root, 'functions/'))) return withRouteExports(source)
  return markPureCalls(suffix.endsWith('exports') ? routeExports(source) : source)
}

/**
 * Gives each function modules of its own, with its own route instead of the table of all and with the parts of the store
 * that it takes. Functions of the same needs share them, and all share the packages: one build serves everybody.
 * @param needsOf a function, by its file from the top of the repository
 */
export const ownNeeds = (needsOf: (file: string) => Needs): Plugin => ({
  name: 'own-needs',
  setup({ onResolve, onLoad }) {
    const suffixOf = (needs: Needs) => `?${[...needs.services, ...needs.storeParts].join('+')}`
    onResolve({ filter: /\bfunctions\/.*\.ts$/ }, ({ path, kind }) => {
      if (kind !== 'entry-point') return undefined
      const needs = needsOf(relative(root, resolve(root, path)))
      return { path: resolve(root, path), suffix: suffixOf(needs), pluginData: needs }
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
      contents: adapted(path, suffix, pluginData),
      loader: 'ts',
      pluginData,
    }))
  },
})
