import type { IncomingMessage } from 'node:http'
import * as z from 'zod/mini'

/** IAM's prefix of a service by the one its protocol uses. */
const prefixes: Record<string, string> = {
  AmazonSQS: 'sqs',
  AWSEvents: 'events',
  AWSStepFunctions: 'states',
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secretsmanager',
}

const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), z.unknown())) })

/** A transaction is not an action of its own: IAM checks each of its items. */
const transactionActions: Record<string, string> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
}

/** Services that speak REST have an action for a method and path. */
const restActions: Record<string, string> = {
  'POST /v2/email/outbound-emails': 'ses:SendEmail',
}

/** The IAM actions of a request to AWS. A request of an unknown kind has one that no function can be granted. */
export function actionsOf(
  { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: string,
): string[] {
  const restAction = restActions[`${method} ${url}`]
  if (restAction !== undefined) return [restAction]
  const [protocol = '', operation = ''] = String(headers['x-amz-target'] ?? '').split('.')
  const prefix = prefixes[protocol]
  if (prefix === undefined) return [`unknown:${headers['x-amz-target'] ?? `${method} ${url}`}`]
  // A batch of messages needs what a single one needs.
  if (!operation.startsWith('Transact')) return [`${prefix}:${operation.replace(/MessageBatch$/, 'Message')}`]
  const { TransactItems } = Transaction.parse(JSON.parse(body))
  const kinds = TransactItems.flatMap((item) => Object.keys(item))
  return [...new Set(kinds.map((kind) => transactionActions[kind] ?? `unknown:${kind}`))]
}
