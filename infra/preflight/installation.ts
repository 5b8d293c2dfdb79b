import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation'
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager'
import { GetConfigurationSetCommand } from '@aws-sdk/client-sesv2'
import { ListStateMachinesCommand } from '@aws-sdk/client-sfn'
import { namedMachines } from '#shared/workflows/machines.ts'
import { secretNames, secretsPrefix } from '../secret-names.ts'
import {
  configurationSetName,
  type Stage,
  stackKinds,
  stackName,
  stateMachineName,
  workflowLogGroupName,
} from '../stages.ts'
import type { Clients } from './clients.ts'
import { allPages, type Reading, read, unlessMissing } from './reading.ts'

export interface DeployedStack {
  status: string
  outputs: Readonly<Record<string, string>>
  resources: readonly { type: string; id: string }[]
}

/** Something whose name a deployment needs; its ARN identifies it among the resources of a stack. */
export interface Named {
  name: string
  arn: string
  isBeingDeleted?: boolean
}

/** What exists of a stage, in its stacks and outside them. */
export interface Installation {
  /** By name; a stack that is missing was not deployed. */
  stacks: Reading<ReadonlyMap<string, DeployedStack>>
  secrets: Reading<Named[]>
  logGroups: Reading<Named[]>
  machines: Reading<Named[]>
  configurationSets: Reading<Named[]>
  /** Tables that a data stack of this stage has created. */
  tables: Reading<Named[]>
}

export async function readInstallation(clients: Clients, stage: Stage): Promise<Installation> {
  const [stacks, secrets, logGroups, machines, configurationSets, tables] = await Promise.all([
    read('cloudformation:DescribeStacks and ListStackResources', () => readStacks(clients, stage)),
    read('secretsmanager:ListSecrets', () => readSecrets(clients, stage)),
    read('logs:DescribeLogGroups', () => readLogGroups(clients, stage)),
    read('states:ListStateMachines', () => readMachines(clients, stage)),
    read('ses:GetConfigurationSet', () => readConfigurationSet(clients, stage)),
    read('dynamodb:ListTables', () => readTables(clients, stage)),
  ])
  return { stacks, secrets, logGroups, machines, configurationSets, tables }
}

async function readStacks({ stacks }: Clients, stage: Stage): Promise<Map<string, DeployedStack>> {
  const found = await Promise.all(
    stackKinds.map(async (kind) => {
      const StackName = stackName(stage, kind)
      // CloudFormation's name for "does not exist".
      const answer = await unlessMissing(['ValidationError'], () =>
        stacks.send(new DescribeStacksCommand({ StackName })),
      )
      const stack = answer?.Stacks?.[0]
      if (stack === undefined) return []
      const outputs = Object.fromEntries((stack.Outputs ?? []).map((one) => [one.OutputKey, one.OutputValue ?? '']))
      const summaries = await allPages(async (NextToken) => {
        const page = await stacks.send(new ListStackResourcesCommand({ StackName, NextToken }))
        return { items: page.StackResourceSummaries, next: page.NextToken }
      })
      const resources = summaries
        // A resource that was deleted, or left behind on deletion, is listed as well.
        .filter(({ ResourceStatus = '' }) => !['DELETE_COMPLETE', 'DELETE_SKIPPED'].includes(ResourceStatus))
        .map(({ ResourceType = '', PhysicalResourceId = '' }) => ({ type: ResourceType, id: PhysicalResourceId }))
      return [[StackName, { status: String(stack.StackStatus), outputs, resources }] as const]
    }),
  )
  return new Map(found.flat())
}

async function readSecrets({ secrets }: Clients, stage: Stage): Promise<Named[]> {
  const found = await allPages(async (NextToken) => {
    const filter = { Key: 'name' as const, Values: [`${secretsPrefix(stage)}/`] }
    const page = await secrets.send(
      new ListSecretsCommand({ Filters: [filter], IncludePlannedDeletion: true, NextToken }),
    )
    return { items: page.SecretList, next: page.NextToken }
  })
  const names = new Set(secretNames(stage))
  return found
    .map(({ Name = '', ARN = '', DeletedDate }) => ({
      name: Name,
      arn: ARN,
      isBeingDeleted: DeletedDate !== undefined,
    }))
    .filter(({ name }) => names.has(name))
}

async function readLogGroups({ logs }: Clients, stage: Stage): Promise<Named[]> {
  const name = workflowLogGroupName(stage)
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }))
  return logGroups.filter(({ logGroupName }) => logGroupName === name).map(({ arn = '' }) => ({ name, arn }))
}

async function readMachines({ machines }: Clients, stage: Stage): Promise<Named[]> {
  const names = new Set(namedMachines.map(({ name }) => stateMachineName(stage, name)))
  const found = await allPages(async (nextToken) => {
    const page = await machines.send(new ListStateMachinesCommand({ nextToken }))
    return { items: page.stateMachines, next: page.nextToken }
  })
  return found
    .map(({ name = '', stateMachineArn = '' }) => ({ name, arn: stateMachineArn }))
    .filter(({ name }) => names.has(name))
}

async function readConfigurationSet({ mails }: Clients, stage: Stage): Promise<Named[]> {
  const name = configurationSetName(stage)
  const found = await unlessMissing(['NotFoundException'], () =>
    mails.send(new GetConfigurationSetCommand({ ConfigurationSetName: name })),
  )
  return found === undefined ? [] : [{ name, arn: name }]
}

async function readTables({ tables }: Clients, stage: Stage): Promise<Named[]> {
  // The names that CloudFormation makes begin with the stack's; the list is sorted.
  const prefix = `${stackName(stage, 'data')}-`
  const { TableNames = [] } = await tables.send(new ListTablesCommand({ ExclusiveStartTableName: prefix }))
  return TableNames.filter((name) => name.startsWith(prefix)).map((name) => ({ name, arn: name }))
}
