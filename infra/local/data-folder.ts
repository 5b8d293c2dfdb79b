import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newSecrets } from '#shared/users/new-secrets.ts'

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

/** Makes the signing key and secrets of this installation, once. */
export async function ensureSecrets(folder: string): Promise<void> {
  const file = secretsIn(folder)
  if (existsSync(file)) return
  writeFileSync(`${file}.new`, JSON.stringify(await newSecrets()), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
