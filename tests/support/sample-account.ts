import { secretNames } from '#infra/secret-names.ts'
import { stageOf } from '#infra/stages.ts'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import { type Answer, Refusal } from './answering-account.ts'

const keySchema = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  { AttributeName: sortKey, KeyType: 'RANGE' },
]

export const streamArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/kept/stream/2026-11-25T12:00:00.000'

/** `DescribeTable` of a table that the stacks can adopt. */
export const fittingTable = {
  Table: {
    TableStatus: 'ACTIVE',
    KeySchema: keySchema(tableDefinition),
    GlobalSecondaryIndexes: Object.entries(tableDefinition.indexes).map(([IndexName, index]) => ({
      IndexName,
      IndexStatus: 'ACTIVE',
      KeySchema: keySchema(index),
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: tableDefinition.stream },
    LatestStreamArn: streamArn,
    DeletionProtectionEnabled: true,
  },
}

const quotas = (value: number) => ({
  Quotas: [{ QuotaCode: 'L-1', QuotaName: 'State transitions', Value: value }],
})

/** An account in which prod can be deployed for the first time, as far as its settings allow. */
export const readyAccount: Record<string, Answer> = {
  GetCallerIdentity: { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/jo', UserId: 'jo' },
  'lambda.GetAccountSettings': { AccountLimit: { ConcurrentExecutions: 1000 } },
  'ses.GetAccount': {
    ProductionAccessEnabled: true,
    SendingEnabled: true,
    SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 0 },
  },
  'ses.GetEmailIdentity': { VerifiedForSendingStatus: true },
  'ses.GetConfigurationSet': new Refusal('NotFoundException', 404),
  'apigateway.GetAccount': { throttleSettings: { rateLimit: 10_000, burstLimit: 5000 } },
  GetParameter: { Parameter: { Value: '21' } },
  ListServiceQuotas: quotas(5000),
  ListAWSDefaultServiceQuotas: quotas(5000),
  DescribeStacks: new Refusal('ValidationError'),
  ListSecrets: { SecretList: [] },
  DescribeLogGroups: { logGroups: [] },
  ListStateMachines: { stateMachines: [] },
  ListTables: { TableNames: [] },
  DescribeTable: fittingTable,
  DescribeTimeToLive: {
    TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: tableDefinition.timeToLive },
  },
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    },
  },
}

export const secretArn = (name: string): string =>
  `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`

/** All secrets of prod, as `ListSecrets` shows them. */
export const secretsOfProd = {
  SecretList: secretNames(stageOf('prod')).map((Name) => ({ Name, ARN: secretArn(Name) })),
}

/** What CloudFormation says of stacks. @param outputs of the events stack @param resources of the data stack */
export const deployedStacks = (
  names: readonly string[],
  { status = 'UPDATE_COMPLETE', outputs = {}, resources = [] as object[] } = {},
): Record<string, Answer> => ({
  DescribeStacks: ({ StackName }) =>
    names.includes(String(StackName))
      ? {
          Stacks: [
            {
              StackName,
              StackStatus: status,
              Outputs: String(StackName).endsWith('-events')
                ? Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }))
                : [],
            },
          ],
        }
      : new Refusal('ValidationError'),
  ListStackResources: ({ StackName }) => ({
    StackResourceSummaries: String(StackName).endsWith('-data') ? resources : [],
  }),
})

export const tableResource = (name: string, status = 'CREATE_COMPLETE') => ({
  ResourceType: 'AWS::DynamoDB::GlobalTable',
  PhysicalResourceId: name,
  ResourceStatus: status,
})
