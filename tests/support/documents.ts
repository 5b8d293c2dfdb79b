import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Everything that is written for people, from the top of the repository. */
export const documents: readonly string[] = globSync(['README.md', 'docs/**/*.md', '.github/*.md'], {
  cwd: root,
}).toSorted()

/** @param file from the top of the repository */
export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/**
 * What a document shows between two comments, `<!-- name -->` and `<!-- /name -->`.
 * @throws Error when there is no such part
 */
export function partOf(file: string, name: string): string {
  const part = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)\n<!-- /${name} -->`).exec(textOf(file))?.[1]
  if (part === undefined) throw new Error(`${file} has no part ${name}`)
  return part
}
