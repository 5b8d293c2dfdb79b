import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Location of a file or folder that is read at run time: in the repository, or on AWS at the same path beside the bundled
 * code.
 * @param path relative to the repository root
 */
export const runTimePath = (path: string): string =>
  join(process.env['LAMBDA_TASK_ROOT'] ?? join(import.meta.dirname, '../..'), path)

export function readFolder(folder: string): ReadonlyMap<string, string> {
  const path = runTimePath(folder)
  return new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}
