import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/**
 * Location of a file or folder that is read at run time: in the repository, or on AWS at the same path beside the bundled
 * code.
 * @param path relative to the repository root
 */
export const runTimePath = (path: string): string =>
  join(process.env['LAMBDA_TASK_ROOT'] ?? join(import.meta.dirname, '../..'), path)

/** Text of all files of a folder and of the folders in it, by path: `de/reserved.txt`. */
export function readFolder(folder: string): ReadonlyMap<string, string> {
  const path = runTimePath(folder)
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const nameOf = (entry: Dirent) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/')
  return new Map(files.map((entry) => [nameOf(entry), readFileSync(join(entry.parentPath, entry.name), 'utf8')]))
}
