import { namedMachines } from '#shared/workflows/machines.ts'
import { realStages, stageOf, stateMachineName } from './stages.ts'

/** Findings that stay although a tool reports them, for one reason each. */
interface Acknowledgement {
  reason: string
  /** Every tool's name of the finding: cdk-nag's have its rule pack before `::`, checkov's begin with CKV. */
  rules: readonly string[]
}

/** What cdk-nag says of the right to all executions of a machine. */
const executionsOf = (stages: readonly string[]): string[] =>
  stages.flatMap((stage) =>
    namedMachines.map(({ name }) => {
      const executions = `execution:${stateMachineName(stageOf(stage), name)}:*`
      return `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:${executions}]`
    }),
  )

/**
 * All that cdk-nag, checkov and cfn-lint find and that stays. Anything else they find fails: cdk-nag the synthesis, the
 * others `npm run lint:templates`, which also refuses what is no longer found.
 */
export const acknowledgements: readonly Acknowledgement[] = [
  {
    reason: 'Public by contract (sign-in, health, documentation, 404s and 405s); all else asks our own authorizer.',
    rules: ['AwsSolutions::AwsSolutions-APIG4', 'AwsSolutions::AwsSolutions-COG4', 'CKV_AWS_59'],
  },
  {
    reason: 'Bodies are validated by `implement` with the schemas of the route table, one answer per bad field.',
    rules: ['AwsSolutions::AwsSolutions-APIG2'],
  },
  {
    reason: 'A web ACL costs more at rest than all else together; accounts that have one attach it.',
    rules: ['AwsSolutions::AwsSolutions-APIG3'],
  },
  {
    reason: 'Answers belong to one caller and change with every order: a cache of the gateway would be wrong.',
    rules: ['CKV_AWS_120'],
  },
  {
    reason:
      'Tracing and the delivery of logs have no resources, executions are known by their machine only, and API Gateway takes only a log role for the whole account.',
    rules: [
      ...executionsOf(realStages),
      'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:*]',
      'Serverless::Serverless-LambdaStarPermissions',
    ],
  },
  {
    reason: 'The API stack rotates the keys, where the rule does not look; the first password is of use once.',
    rules: ['AwsSolutions::AwsSolutions-SMG4'],
  },
  {
    reason: 'AWS encrypts with keys of its own; one of ours costs a dollar a month and opens to the same roles.',
    rules: ['CKV_AWS_27', 'CKV_AWS_149', 'CKV_AWS_158', 'CKV_AWS_173'],
  },
  {
    // Queues keep what their consumer could not handle and move it to their dead letters; the relay writes its own.
    reason:
      'Dead letters are where they help: of stream and queues, not of calls whose answer somebody waits for, not of jobs, which run again, of alarms, which show anyway, or of dead letters.',
    rules: [
      'AwsSolutions::AwsSolutions-SQS3',
      'CKV_AWS_116',
      'Serverless::Serverless-LambdaDLQ',
      'Serverless::Serverless-LambdaEventSourceMappingDestination',
      'Serverless::Serverless-SNSRedrivePolicy',
      'Serverless::Serverless-SQSRedrivePolicy',
    ],
  },
  {
    reason: 'The throttle of the gateway bounds all functions together; reserving for one takes from the others.',
    rules: ['CKV_AWS_115'],
  },
  {
    reason: 'Functions talk to AWS over TLS under IAM; a network of our own would need endpoints and add nothing.',
    rules: ['CKV_AWS_117'],
  },
]

/** Names of findings that need no more attention, of any tool. */
export const acknowledgedRules: ReadonlySet<string> = new Set(acknowledgements.flatMap(({ rules }) => rules))
