import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import type { AdoptedTable } from '../adoption.ts'
import type { Stage } from '../stages.ts'
import { removalPolicy } from './removal-policy.ts'

/** What the other stacks need to know of a table. */
export type StageTable = Pick<TableV2, 'tableArn' | 'tableName' | 'tableStreamArn'>

const text = (name: string) => ({ name, type: AttributeType.STRING })

export function holdfastTable(scope: Construct, stage: Stage): TableV2 {
  const { partitionKey, sortKey, timeToLive, stream, indexes } = tableDefinition
  return new TableV2(scope, 'Table', {
    partitionKey: text(partitionKey),
    sortKey: text(sortKey),
    billing: Billing.onDemand(stage.maxWriteUnits ? { maxWriteRequestUnits: stage.maxWriteUnits } : {}),
    ...(stage.warmWriteUnits ? { warmThroughput: { writeUnitsPerSecond: stage.warmWriteUnits } } : {}),
    timeToLiveAttribute: timeToLive,
    dynamoStream: StreamViewType[stream],
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: stage.retainData,
    removalPolicy: removalPolicy(stage),
    globalSecondaryIndexes: Object.entries(indexes).map(([indexName, index]) => ({
      indexName,
      partitionKey: text(index.partitionKey),
      sortKey: text(index.sortKey),
      projectionType: ProjectionType.KEYS_ONLY,
    })),
  })
}

/** Refers to a table by its name, so that no stack exports it: the name can change in any order of stacks. */
export const adoptedTable = (scope: Construct, { name, streamArn }: AdoptedTable): StageTable =>
  TableV2.fromTableAttributes(scope, 'Table', { tableName: name, tableStreamArn: streamArn }) as StageTable
