import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
export const storeFile = join(root, 'shared/store/store.ts')

/** As the store lists them, one a line: `orders: orderStore(connection),`. */
const partPattern = /^ {4}(\w+): \w+\(connection\b.*\),\n/gm

/** Parts that the store consists of. */
export const storeParts: readonly string[] = [...readFileSync(storeFile, 'utf8').matchAll(partPattern)].map(
  ([, name = '']) => name,
)

const taken = /\bstore\??\.(\w+)/g

/** Code that hands on the whole store, by an argument, a variable or a type, and may take any part of it elsewhere. */
const handedOn =
  /\bStore\b|\['store'\]|=\s*(?:\w+\.)*store\b(?!\??\.)|\bstore\[|\bstore:\s*[\w{]|[(,]\s*(?:\w+\.)*store\s*[,)]/

/** Parts of the store that a text takes: `store.orders`. */
export function partsTakenBy(text: string): readonly string[] {
  if (handedOn.test(text)) return storeParts
  const names = [...text.matchAll(taken)].map(([, name]) => name)
  return storeParts.filter((part) => names.includes(part))
}

/** Made by the composition root, which takes nothing. */
const isUser = (file: string): boolean =>
  /^(shared|functions)\//.test(file) && !file.startsWith('shared/store/') && file !== 'shared/runtime/services.ts'

/**
 * Parts of the store that files take.
 * @param files from the top of the repository
 */
export function partsTakenIn(files: readonly string[]): string[] {
  const all = files.filter(isUser).flatMap((file) => partsTakenBy(readFileSync(join(root, file), 'utf8')))
  return storeParts.filter((part) => all.includes(part))
}

/** The store with these parts only. */
export const withParts = (parts: readonly string[], source: string): string =>
  source.replaceAll(partPattern, (line, part) => (parts.includes(part) ? line : ''))
