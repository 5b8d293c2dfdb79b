import type { Stage } from '../stages.ts'
import { type Finding, failure, judge, ok, warning } from './finding.ts'
import type { DeployedStack, Installation, Named } from './installation.ts'
import { ownTable, tableToAdopt, unowned } from './plan.ts'

/** What exists of the stage, and whether a deployment gets along with it. @param asked the table to adopt, if one is named */
export const judgeInstallation = (installation: Installation, stage: Stage, asked?: string): Finding[] => [
  ...judgeStacks(installation, asked),
  ...judge('Whether secrets exist', installation.secrets, () => judgeSecrets(unowned(installation, 'secrets'))),
  ...judge('Whether a log group is in the way', installation.logGroups, () =>
    inTheWay(unowned(installation, 'logGroups'), 'log group'),
  ),
  ...judge('Whether a state machine is in the way', installation.machines, () =>
    inTheWay(unowned(installation, 'machines'), 'state machine'),
  ),
  ...judge('Whether a configuration set is in the way', installation.configurationSets, () =>
    inTheWay(unowned(installation, 'configurationSets'), 'configuration set'),
  ),
  ...judge('Whether a kept table exists', installation.tables, () => judgeTables(installation, stage, asked)),
]

function judgeStacks({ stacks }: Installation, asked: string | undefined): Finding[] {
  if ('value' in stacks) {
    if (stacks.value.size === 0) return [ok('Nothing is deployed yet.')]
    return [...stacks.value].map((stack) => judgeStack(...stack))
  }
  const unseen = `The stacks were not read: ${stacks.refused}.`
  if (asked !== undefined) return [warning(unseen)]
  // Without --table, a stage that has adopted a table would get a new and empty one.
  return [failure(`${unseen} Whether the stage has adopted a table is unknown: name it with --table.`)]
}

function judgeStack(name: string, { status }: Pick<DeployedStack, 'status'>): Finding {
  // The CDK deletes and repeats a creation that was rolled back.
  if (/^(?:CREATE|UPDATE|IMPORT|ROLLBACK|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE$|^REVIEW_/.test(status)) {
    return ok(`${name} is ${status}.`)
  }
  if (status.endsWith('_IN_PROGRESS')) return failure(`${name} is ${status}: wait until that has ended.`)
  return failure(`${name} is ${status}: continue its rollback, or delete it, in the CloudFormation console.`)
}

function judgeSecrets(found: readonly Named[]): Finding[] {
  const [leaving, kept] = [true, false].map((wanted) => found.filter((one) => (one.isBeingDeleted === true) === wanted))
  return [
    ...(kept ?? []).map(({ name }) => ok(`The secret ${name} exists outside the stacks and is used as it is.`)),
    ...(leaving ?? []).map(({ name }) =>
      failure(`The secret ${name} is being deleted and keeps its name until then: aws secretsmanager restore-secret.`),
    ),
  ]
}

const inTheWay = (found: readonly Named[], kind: string): Finding[] =>
  found.map(({ name }) => failure(`The ${kind} ${name} exists outside the stacks and blocks its name: delete it.`))

function judgeTables(installation: Installation, stage: Stage, asked: string | undefined): Finding[] {
  const [own, adopted] = [ownTable(installation, stage), tableToAdopt(installation, stage, asked)]
  const others = unowned(installation, 'tables').filter(({ name }) => name !== adopted)
  const left = own !== undefined && adopted !== undefined ? [own] : []
  return [
    ...others.map(({ name }) =>
      adopted === undefined && own === undefined
        ? warning(`The table ${name} was kept, and this deployment creates an empty one: --table ${name} adopts it.`)
        : ok(`The table ${name} was kept and is not in use.`),
    ),
    ...left.map((name) =>
      stage.retainData
        ? ok(`The table ${name} is kept when the stage adopts ${adopted}.`)
        : warning(`The table ${name} is DELETED when the stage adopts ${adopted}: ${stage.name} does not keep data.`),
    ),
  ]
}
