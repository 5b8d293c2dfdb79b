import { rmSync } from 'node:fs'
import { join } from 'node:path'

export const secretsIn = (folder: string): string => join(folder, 'secrets.json')

/** Removes everything but the lock, the logs and the record of an engine that may have to be ended. */
export function emptyData(folder: string): void {
  for (const name of [
    'secrets.json',
    'stream.json',
    'queues',
    'mail',
    'workflows',
    'dynamodb.sqlite',
    'dynamodb.sqlite-wal',
    'dynamodb.sqlite-shm',
    'dynamodb-local',
  ]) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}
