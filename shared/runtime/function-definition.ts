/** What functions do in AWS; each declares its own, and its IAM policy is made of exactly these. */
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

/** A function of the deployment: where its code is, and what it needs. */
export interface FunctionDefinition {
  /** From the top of the repository. */
  readonly file: string
  /** Its log group is shared with the functions of the same area. */
  readonly area: string
  readonly uses: readonly AwsAction[]
}

/** A function that serves no operation of the API. */
export interface BackgroundFunction extends FunctionDefinition {
  readonly timeoutSeconds: number
  /** Folders of files it reads at run time, from the top of the repository. */
  readonly folders?: readonly string[]
  /** Names of the queues it sends to or fetches from by itself. */
  readonly queues?: readonly string[]
}
