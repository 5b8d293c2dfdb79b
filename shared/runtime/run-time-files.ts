import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Where a file or folder lies that is read at run time: in the repository, and on AWS under the same path beside the
 * bundled code.
 * @param path from the top of the repository
 */
export const runTimePath = (path: string): string =>
  join(process.env['LAMBDA_TASK_ROOT'] ?? join(import.meta.dirname, '../..'), path)

/** Text of all files of a folder, by name. */
export function readFolder(folder: string): ReadonlyMap<string, string> {
  const path = runTimePath(folder)
  return new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}
