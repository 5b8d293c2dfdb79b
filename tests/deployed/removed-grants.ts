import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { authorizerFunction, callerName, fallbackFunction, operationFunction } from '#infra/deployed-functions.ts'
import { cdk } from '#infra/emulator/deployment.ts'
import { functionFile, operations } from '#shared/api/operations.ts'
import { pick, seeded } from '#tests/support/seeded.ts'
import { onLocalStack } from '#tests/support/unused-grants.ts'
import type { Call } from '#tests/support/used-grants.ts'
import { type Installation, onInstallation, report, runAcceptanceTests } from './installation.ts'
import { type Grant, synthesiseWithout } from './without-grant.ts'

/** `npm run prove:grants`: for each of a few grants, chosen by seed, the acceptance tests fail without it. */
const { values } = parseArgs({ options: { seed: { type: 'string' }, grants: { type: 'string', default: '3' } } })
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const root = join(import.meta.dirname, '../..')

/** Without it an API key works all the same: when it was used is only noted. */
const tolerated = new Set(['authorizer dynamodb:UpdateItem'])

const isUsed = ({ deployed, action }: Grant): boolean =>
  !tolerated.has(`${callerName(deployed)} ${action}`) && !onLocalStack[callerName(deployed)]?.actions.includes(action)

/**
 * Grants of the functions that the gateway calls, and that the acceptance tests use; they do not wait for the other functions.
 */
const candidates: Grant[] = [...operations.map(operationFunction), authorizerFunction, fallbackFunction].flatMap(
  (deployed) => deployed.uses.map((action) => ({ deployed, action })).filter(isUsed),
)

function chosen(count: number): Grant[] {
  const random = seeded(seed)
  const grants = new Set<Grant>()
  while (grants.size < Math.min(count, candidates.length)) grants.add(pick(random, candidates))
  return [...grants]
}

/** Test files that call the function's operation themselves. */
function filesAbout({ deployed }: Grant): string[] {
  const operation = operations.find((named) => functionFile(named) === deployed.file)?.operation
  return globSync('tests/api/*.test.ts', { cwd: root }).filter((file) =>
    readFileSync(join(root, file), 'utf8').includes(`.${operation}(`),
  )
}

const refused = new Set<string>()
const nameOf = ({ deployed, action }: Grant): string => `${callerName(deployed)} ${action}`
const note = ({ caller, actions, wasRefused }: Call): void => {
  if (wasRefused) for (const action of actions) refused.add(`${caller} ${action}`)
}

/** @param files all when there are none */
const passes = (installation: Installation, files: string[]): Promise<boolean> =>
  runAcceptanceTests(installation, ['--bail', '1', '--silent', '--reporter', 'dot', ...files]).then(
    () => true,
    () => false,
  )

/** @throws Error when the tests pass without the grant, or fail for another reason */
async function expectFailureWithout(grant: Grant, installation: Installation): Promise<void> {
  const assembly = synthesiseWithout(grant)
  await cdk(installation.endpoint, 'deploy', '--all', '--require-approval', 'never', '--app', assembly)
  refused.clear()
  const about = filesAbout(grant)
  const passed = (about.length === 0 || (await passes(installation, about))) && (await passes(installation, []))
  if (passed) throw new Error(`The acceptance tests pass without ${nameOf(grant)} (seed ${seed})`)
  if (!refused.has(nameOf(grant))) {
    throw new Error(`The tests failed without ${[...refused].join()}, not ${nameOf(grant)} (seed ${seed})`)
  }
  report(`the acceptance tests fail without ${nameOf(grant)}`)
}

await onInstallation(note, async (installation) => {
  report(`seed ${seed}, out of ${candidates.length} grants`)
  for (const grant of chosen(Number(values.grants))) await expectFailureWithout(grant, installation)
})
