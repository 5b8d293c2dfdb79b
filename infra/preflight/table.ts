import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import type { Clients } from './clients.ts'
import { type Finding, failure, judge, ok, warning } from './finding.ts'
import { type Reading, read, unlessMissing } from './reading.ts'

/** A table as far as a deployment depends on it. */
export interface FoundTable {
  status: string
  /** Partition key and sort key. */
  keys: string
  /** Partition key and sort key of each index that can be used. */
  indexes: Readonly<Record<string, string>>
  streamArn: string | undefined
  streamView: string | undefined
  isProtected: boolean
  /** Name of the attribute, if expiry is on. */
  timeToLive: Reading<string | undefined>
  hasPointInTimeRecovery: Reading<boolean>
}

/** @returns `undefined` if there is no table of this name */
export async function readTable({ tables }: Clients, TableName: string): Promise<Reading<FoundTable | undefined>> {
  const described = await read('dynamodb:DescribeTable', () =>
    unlessMissing(['ResourceNotFoundException'], () => tables.send(new DescribeTableCommand({ TableName }))),
  )
  if ('refused' in described) return described
  const table = described.value?.Table
  if (table === undefined) return { value: undefined }
  const timeToLive = await read('dynamodb:DescribeTimeToLive', async () => {
    const { TimeToLiveDescription } = await tables.send(new DescribeTimeToLiveCommand({ TableName }))
    const isOn = TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED'
    return isOn ? TimeToLiveDescription.AttributeName : undefined
  })
  const hasPointInTimeRecovery = await read('dynamodb:DescribeContinuousBackups', async () => {
    const { ContinuousBackupsDescription } = await tables.send(new DescribeContinuousBackupsCommand({ TableName }))
    return ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
  })
  const usable = (table.GlobalSecondaryIndexes ?? []).filter(({ IndexStatus = 'ACTIVE' }) => IndexStatus === 'ACTIVE')
  return {
    value: {
      status: String(table.TableStatus),
      keys: keysOf(table.KeySchema),
      indexes: Object.fromEntries(usable.map(({ IndexName = '', KeySchema }) => [IndexName, keysOf(KeySchema)])),
      streamArn: table.StreamSpecification?.StreamEnabled ? table.LatestStreamArn : undefined,
      streamView: table.StreamSpecification?.StreamViewType,
      isProtected: table.DeletionProtectionEnabled === true,
      timeToLive,
      hasPointInTimeRecovery,
    },
  }
}

const keysOf = (schema: readonly KeySchemaElement[] = []): string =>
  schema
    .toSorted((a, b) => String(a.KeyType).localeCompare(String(b.KeyType)))
    .map(({ AttributeName }) => AttributeName)
    .join(' and ')

const expectedKeys = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }): string =>
  `${partitionKey} and ${sortKey}`

/** Whether the stacks can use a table that exists, and what it lacks: a restored table has no stream, expiry or protection. */
export function judgeTable(name: string, table: FoundTable | undefined, mustKeep: boolean): Finding[] {
  if (table === undefined) return [failure(`There is no table ${name}.`)]
  const { status, keys, indexes, streamArn, streamView } = table
  const missing = Object.entries(tableDefinition.indexes).filter(([index, own]) => indexes[index] !== expectedKeys(own))
  const errors = [
    status === 'ACTIVE' ? [] : [failure(`The table ${name} is ${status}: wait until it is ACTIVE.`)],
    keys === expectedKeys(tableDefinition) ? [] : [failure(`The keys of ${name} are ${keys}: this is another table.`)],
    missing.map(([index, own]) =>
      failure(`${name} lacks the index ${index} (${expectedKeys(own)}), or it is not ready.`),
    ),
    streamArn !== undefined && streamView === tableDefinition.stream
      ? []
      : [failure(`${name} needs a stream of ${tableDefinition.stream}; now it is ${streamView ?? 'off'}.`)],
  ].flat()
  return [
    ...(errors.length > 0 ? errors : [ok(`The table ${name} fits.`)]),
    ...judge(`Expiry of ${name}`, table.timeToLive, (attribute) =>
      attribute === tableDefinition.timeToLive
        ? []
        : [warning(`${name} keeps expired items: enable its time to live by ${tableDefinition.timeToLive}.`)],
    ),
    ...judge(`Point-in-time recovery of ${name}`, table.hasPointInTimeRecovery, (isOn) =>
      isOn ? [] : [warning(`${name} cannot be restored: enable its point-in-time recovery.`)],
    ),
    ...(table.isProtected || !mustKeep ? [] : [warning(`${name} can be deleted: enable its deletion protection.`)]),
  ]
}
