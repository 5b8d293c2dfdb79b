import { globSync } from 'node:fs'
import { join } from 'node:path'
import { acknowledgedRules, acknowledgements } from '../acknowledged-rules.ts'
import { buildBundles } from '../bundling/bundles.ts'
import { checkedApp } from '../holdfast.ts'
import { pythonEnvironment } from '../python-environment.ts'
import { realStages } from '../stages.ts'
import { acknowledgedByNag, cfnLintFindings, checkovFindings, composeFindings } from './findings.ts'

/**
 * `npm run lint:templates`: runs cdk-nag, cfn-lint and checkov on the templates of every real stage, and checkov and the
 * Compose Specification on the container of the local stack.
 */
const root = join(import.meta.dirname, '../..')
const programs = pythonEnvironment(join(root, '.local/lint'), join(import.meta.dirname, 'requirements.txt'))
const print = (line: string) => process.stdout.write(`${line}\n`)

await buildBundles()
const assemblies = realStages.map((stage) => {
  const outdir = join(root, 'cdk.out/lint', stage)
  checkedApp({ outdir }, stage).app.synth()
  return outdir
})
const templates = assemblies.flatMap((assembly) => globSync(join(assembly, '*.template.json')))
const byNag = assemblies.flatMap(acknowledgedByNag)
const findings = [
  ...cfnLintFindings(programs, templates),
  ...checkovFindings(programs, 'cloudformation', templates),
  ...checkovFindings(programs, 'dockerfile', [join(root, 'infra/local/Dockerfile')]),
  ...composeFindings(programs, join(root, 'infra/local/compose.yaml')),
]

const open = findings.filter(({ rule }) => !acknowledgedRules.has(rule))
for (const { rule, detail } of open) print(`${rule} ${detail}`)
const found = new Set([...byNag, ...findings.map(({ rule }) => rule)])
const stale = [...acknowledgedRules].filter((rule) => !found.has(rule))
for (const rule of stale) print(`${rule} is acknowledged but no longer found`)
print(`${templates.length} templates: ${open.length} open findings, ${acknowledgements.length} acknowledged`)
if (open.length + stale.length > 0) process.exitCode = 1
