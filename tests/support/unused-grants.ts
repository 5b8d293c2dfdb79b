import type { AwsAction } from '#shared/runtime/function-definition.ts'

const workflowActions = ['states:SendTaskFailure', 'states:SendTaskSuccess', 'states:StartExecution'] as const

/** Why tests may leave a granted action unused, by the name of its function. */
export interface Excuse {
  because: string
  /** AWS actions, and secrets as `secret:<name>`. */
  actions: readonly (AwsAction | `secret:${string}`)[]
}

/** Actions that are used only after a failure or in a race, which a deployment or a local stack rarely has. */
export const afterFailure: Record<string, Excuse> = {
  'events.relay': { because: 'only what failed three times is dead-lettered', actions: ['sqs:SendMessage'] },
  'jobs.process-due-orders': {
    because: 'only events that the relay has not got to for half a minute are relayed here',
    actions: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem', 'events:PutEvents', ...workflowActions],
  },
  'jobs.erase': {
    because: 'only orders that the request did not get to, and people with more than a page of orders',
    actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
  },
  'jobs.redrive': {
    because: 'only what the relay has dead-lettered is relayed here, and only consumers get their messages back',
    actions: [
      'dynamodb:BatchGetItem',
      'dynamodb:DeleteItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'events:PutEvents',
      'sqs:SendMessage',
      // The emulator does not know it, and no execution fails there.
      'states:RedriveExecution',
      ...workflowActions,
    ],
  },
  'orders.create-simulated-order': {
    because: 'only a repeat after simulated orders were switched off',
    actions: ['dynamodb:GetItem'],
  },
  'fulfilment.await-step': {
    because: 'only an order that moved or was cancelled before its wait had begun',
    actions: ['states:SendTaskFailure', 'states:SendTaskSuccess'],
  },
  'recovery.await-stock': {
    because: 'only an order that stopped waiting before its wait had begun, or whose stock arrived unannounced',
    actions: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem', 'states:SendTaskFailure', 'states:SendTaskSuccess'],
  },
  'recovery.hand-over': {
    because: 'only an order whose stock arrived at the last moment',
    actions: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
  },
}

const limitsAreOff: Excuse = { because: 'limits are off on this stack', actions: ['dynamodb:UpdateItem'] }

/** What the acceptance tests leave unused on a local stack as well; `npm run test:deployed` uses it. */
export const onLocalStack: Record<string, Excuse> = {
  ...afterFailure,
  'auth.register': limitsAreOff,
  'users.create-user': limitsAreOff,
  'auth.request-password-reset': limitsAreOff,
  'auth.change-email': limitsAreOff,
  'auth.request-email-verification': {
    because: 'limits are off on this stack',
    actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  },
  'orders.create-simulated-order': {
    because: 'limits are off, and simulated orders are on',
    actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  },
  'orders.update-order': limitsAreOff,
  'simulations.simulate-reservation': limitsAreOff,
  'jobs.recover-admin': {
    because: 'the password is printed there',
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
  },
  'ops.get-metrics': { because: 'the metrics token is a setting there', actions: ['secret:metrics'] },
}
