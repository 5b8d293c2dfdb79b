import { parseArgs } from 'node:util'
import { stageOf } from '../stages.ts'
import { clientsFor } from './clients.ts'
import { hasErrors, linesOf } from './finding.ts'
import { preflight } from './preflight.ts'

/** `npm run preflight -- --stage dev [--table NAME]`: fails if a deployment would. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { stage: { type: 'string', default: 'dev' }, table: { type: 'string' } } })
  const { title, findings } = await preflight(clientsFor(), stageOf(values.stage), values.table)
  for (const line of [title, ...linesOf(findings)]) process.stdout.write(`${line}\n`)
  return !hasErrors(findings)
}

main().then(
  (isClear) => process.exit(isClear ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
