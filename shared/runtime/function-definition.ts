import type { SecretName } from './secrets.ts'

/** The AWS actions that functions use. Each function declares its own, and its IAM policy allows exactly those. */
export type AwsAction =
  | 'dynamodb:BatchGetItem'
  | 'dynamodb:ConditionCheckItem'
  | 'dynamodb:DeleteItem'
  | 'dynamodb:GetItem'
  | 'dynamodb:PutItem'
  | 'dynamodb:Query'
  | 'dynamodb:Scan'
  | 'dynamodb:UpdateItem'
  | 'events:PutEvents'
  | 'secretsmanager:DescribeSecret'
  | 'secretsmanager:GetSecretValue'
  | 'secretsmanager:PutSecretValue'
  | 'secretsmanager:UpdateSecretVersionStage'
  | 'ses:SendEmail'
  | 'sqs:DeleteMessage'
  | 'sqs:ReceiveMessage'
  | 'sqs:SendMessage'
  | 'states:ListExecutions'
  | 'states:RedriveExecution'
  | 'states:SendTaskFailure'
  | 'states:SendTaskSuccess'
  | 'states:StartExecution'

/** Timeout of functions that define none, in seconds. API Gateway waits for 29. */
export const functionTimeoutSeconds = 10

export interface FunctionDefinition {
  /** Path of its module, relative to the repository root. */
  readonly file: string
  /** Functions of the same area share a log group. */
  readonly area: string
  readonly uses: readonly AwsAction[]
  /** Secrets to which its Secrets Manager actions apply. */
  readonly secrets?: readonly SecretName[]
  /** Whether they also apply to the secret with the first admin's password. */
  readonly firstAdmin?: true
}

/** A function that serves no API operation. */
export interface BackgroundFunction extends FunctionDefinition {
  readonly timeoutSeconds: number
  /** Folders it reads at run time, relative to the repository root. */
  readonly folders?: readonly string[]
  /** Names of the queues it calls itself; queues that Lambda polls for it are not listed. */
  readonly queues?: readonly string[]
}
