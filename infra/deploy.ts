import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { clientsFor } from './preflight/clients.ts'
import { hasErrors, linesOf } from './preflight/finding.ts'
import { preflight } from './preflight/preflight.ts'
import { stageOf } from './stages.ts'

const cdk = join(import.meta.dirname, '../node_modules/.bin/cdk')

/**
 * `npm run deploy -- --stage dev [--table NAME] [--skip-preflight]`: the CDK's own deploy with the credentials of the shell, if
 * the preflight finds no error. `--table` adopts a table that exists; later deployments stay with it.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'dev' },
      table: { type: 'string' },
      'skip-preflight': { type: 'boolean', default: false },
    },
  })
  const { title, findings, runs } = await preflight(clientsFor(), stageOf(values.stage), values.table)
  if (!values['skip-preflight']) {
    for (const line of [title, ...linesOf(findings)]) process.stdout.write(`${line}\n`)
    if (hasErrors(findings)) {
      process.stderr.write('Nothing was deployed. --skip-preflight deploys in spite of errors.\n')
      return 1
    }
  }
  for (const args of runs()) {
    const { status } = spawnSync(cdk, args, { stdio: 'inherit' })
    if (status !== 0) return status ?? 1
  }
  return 0
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
