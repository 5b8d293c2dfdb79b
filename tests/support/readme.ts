import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { textOf } from './documents.ts'

/** Runs README's order from the registration to the delivery in a POSIX shell. @returns what it prints */
export async function runReadmeOrder(baseUrl: string, adminPassword: string): Promise<string> {
  const script = /## One order, end to end[\s\S]*?```sh\n([\s\S]*?)```/.exec(textOf('README.md'))?.[1]
  if (script === undefined) throw new Error('README.md has no order')
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
    env: { ...process.env, API: baseUrl, ADMIN_PASSWORD: adminPassword },
  })
  return stdout
}
