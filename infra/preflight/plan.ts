import { type Adoption, adoptionArguments } from '../adoption.ts'
import { type Stage, stackKinds, stackName, tableOutput } from '../stages.ts'
import type { DeployedStack, Installation, Named } from './installation.ts'
import { known } from './reading.ts'

const stackOf = (installation: Installation, stage: Stage, kind: (typeof stackKinds)[number]) =>
  known(installation.stacks)?.get(stackName(stage, kind))

/** The table that the data stack has created, and deletes or keeps when it no longer declares it. */
export const ownTable = (installation: Installation, stage: Stage): string | undefined =>
  stackOf(installation, stage, 'data')?.resources.find(({ type }) => type === 'AWS::DynamoDB::GlobalTable')?.id

/**
 * The table that a deployment has to adopt: the one that is asked for, or the one that the stage has adopted before.
 * @returns `undefined` if the data stack has it, or is to create it
 */
export function tableToAdopt(installation: Installation, stage: Stage, asked: string | undefined): string | undefined {
  const name = asked ?? stackOf(installation, stage, 'events')?.outputs[tableOutput]
  return name === ownTable(installation, stage) ? undefined : name
}

/** Whether one of these stacks has it, by its name or by its ARN. */
const isOwned = ({ name, arn }: Named, stacks: Iterable<DeployedStack>): boolean =>
  [...stacks].some(({ resources }) => resources.some(({ id }) => id === name || id === arn))

/** What exists under a name that a deployment uses, and belongs to no stack of the stage. */
export function unowned(installation: Installation, kind: Exclude<keyof Installation, 'stacks'>): Named[] {
  const [stacks, found] = [known(installation.stacks), known(installation[kind])]
  // As long as the owners are unknown, everything may have one.
  if (stacks === undefined || found === undefined) return []
  return found.filter((one) => !isOwned(one, stacks.values()))
}

/** Secrets that are used as they are. */
export const keptSecrets = (installation: Installation): string[] =>
  unowned(installation, 'secrets')
    .filter(({ isBeingDeleted }) => isBeingDeleted !== true)
    .map(({ name }) => name)

/** Arguments of the CDK's command line, one list per run. */
export function deploymentRuns(installation: Installation, stage: Stage, adoption: Adoption): string[][] {
  const context = ['-c', `stage=${stage.name}`, ...adoptionArguments(adoption)]
  const all = ['deploy', '--all', ...context]
  if (adoption.table === undefined || ownTable(installation, stage) === undefined) return [all]
  // The data stack cannot give up a table whose name and stream other stacks import.
  const users = stackKinds.filter((kind) => kind !== 'data' && stackOf(installation, stage, kind) !== undefined)
  if (users.length === 0) return [all]
  return [['deploy', ...users.map((kind) => stackName(stage, kind)), '--exclusively', ...context], all]
}
