import { namedMachines } from '#shared/workflows/machines.ts'
import { realStages, stageOf, stateMachineName } from './stages.ts'

/** Findings that are accepted for one reason. */
interface Acknowledgement {
  reason: string
  /** The finding's name in each tool: cdk-nag's have the rule pack before `::`, checkov's begin with CKV. */
  rules: readonly string[]
}

/** cdk-nag's finding for access to all executions of a state machine. */
const executionsOf = (stages: readonly string[]): string[] =>
  stages.flatMap((stage) =>
    namedMachines.map(({ name }) => {
      const executions = `execution:${stateMachineName(stageOf(stage), name)}:*`
      return `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:${executions}]`
    }),
  )

/**
 * All accepted findings of cdk-nag, checkov and cfn-lint. Any other finding of cdk-nag fails the synthesis, and of the others
 * `npm run lint:templates`, which also fails on acknowledgements that no longer match a finding.
 */
export const acknowledgements: readonly Acknowledgement[] = [
  {
    reason:
      'Public by contract (sign-in, health, documentation, 404s and 405s); everything else goes through our authorizer.',
    rules: ['AwsSolutions::AwsSolutions-APIG4', 'AwsSolutions::AwsSolutions-COG4', 'CKV_AWS_59'],
  },
  {
    reason: 'Bodies are validated by `implement` with the schemas of the route table, with an error per bad field.',
    rules: ['AwsSolutions::AwsSolutions-APIG2'],
  },
  {
    reason: 'An idle web ACL costs more than everything else together; accounts that have one attach it.',
    rules: ['AwsSolutions::AwsSolutions-APIG3'],
  },
  {
    reason: 'Responses belong to one caller and change with every order: a gateway cache would be wrong.',
    rules: ['CKV_AWS_120'],
  },
  {
    reason:
      'Tracing and log delivery have no resource-level permissions, executions are known only by their state machine, and API Gateway accepts one log role per account.',
    rules: [
      ...executionsOf(realStages),
      'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:*]',
      'Serverless::Serverless-LambdaStarPermissions',
    ],
  },
  {
    reason: 'Lists the streams of one table, and in the sandbox of SES every recipient is an identity of its own.',
    rules: [
      ...realStages.map(
        (stage) =>
          `AwsSolutions::AwsSolutions-IAM5[Resource::holdfast-${stage}-data:ExportsOutputFnGetAttTableCD117FA1ArnE2C8C204/stream/*]`,
      ),
      'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
    ],
  },
  {
    reason: 'Says which table the functions use, so that a later deployment stays with it.',
    rules: ['W6001'],
  },
  {
    reason: 'A job that fails raises an alarm, and its next run does the rest.',
    rules: ['Serverless::Serverless-LambdaAsyncFailureDestination'],
  },
  {
    reason:
      'The API stack rotates the keys, which the rule cannot see; the first password must be changed at the first login.',
    rules: ['AwsSolutions::AwsSolutions-SMG4'],
  },
  {
    reason:
      'AWS-managed keys encrypt this; a customer-managed key costs a dollar a month and would be open to the same roles.',
    rules: ['CKV_AWS_27', 'CKV_AWS_149', 'CKV_AWS_158', 'CKV_AWS_173'],
  },
  {
    // SQS dead-letters what a consumer cannot handle; the relay writes its own dead letters.
    reason:
      'Streams and queues have dead letters. Synchronous calls return their error, jobs run again, alarms stay visible in CloudWatch, and dead-letter queues need none.',
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
    reason: 'The gateway throttle bounds all functions together; capacity reserved for one is lost to the others.',
    rules: ['CKV_AWS_115'],
  },
  {
    reason: 'Functions talk to AWS over TLS under IAM; a VPC would need endpoints and add nothing.',
    rules: ['CKV_AWS_117'],
  },
]

export const acknowledgedRules: ReadonlySet<string> = new Set(acknowledgements.flatMap(({ rules }) => rules))
