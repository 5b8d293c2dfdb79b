import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** Runs README's order from the registration to the delivery, line by line. @returns what it prints */
export async function runReadmeOrder(baseUrl: string, adminPassword: string): Promise<string> {
  const script = /## One order, end to end[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    env: { ...process.env, API: baseUrl, ADMIN_PASSWORD: adminPassword },
  })
  return stdout
}
