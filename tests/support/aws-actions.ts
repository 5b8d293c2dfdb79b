import type { IncomingMessage } from 'node:http'
import * as z from 'zod/mini'
import { type SecretName, secretId, secretSchemas } from '#shared/runtime/secrets.ts'

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

/** How the use of a secret is recorded, beside the action. */
export const secretUse = (name: SecretName): string => `secret:${name}`

const Named = z.object({ SecretId: z.string() })

/** The secret that a request is about, unless it is the first admin's, which is granted apart. */
function secretsUsed(body: string): string[] {
  const { SecretId } = Named.parse(JSON.parse(body))
  const names = Object.keys(secretSchemas) as SecretName[]
  return names.filter((name) => SecretId.includes(secretId('', name))).map(secretUse)
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
  if (prefix === 'secretsmanager') return [`${prefix}:${operation}`, ...secretsUsed(body)]
  // A batch of messages needs what a single one needs.
  if (!operation.startsWith('Transact')) return [`${prefix}:${operation.replace(/MessageBatch$/, 'Message')}`]
  const { TransactItems } = Transaction.parse(JSON.parse(body))
  const kinds = TransactItems.flatMap((item) => Object.keys(item))
  return [...new Set(kinds.map((kind) => transactionActions[kind] ?? `unknown:${kind}`))]
}
