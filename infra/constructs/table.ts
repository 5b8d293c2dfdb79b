import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import type { Stage } from '../stages.ts'
import { removalPolicy } from './removal-policy.ts'

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
