import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stageOf } from './stages.ts'

/** `npm run deploy -- --stage dev`: the CDK's own deploy with the credentials of the shell. */
const { values } = parseArgs({ options: { stage: { type: 'string', default: 'dev' } } })
const { name } = stageOf(values.stage)
const cdk = join(import.meta.dirname, '../node_modules/.bin/cdk')
const { status } = spawnSync(cdk, ['deploy', '--all', '-c', `stage=${name}`], { stdio: 'inherit' })
process.exit(status ?? 1)
