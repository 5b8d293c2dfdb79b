import { callerName, deployedFunctions } from '#infra/deployed-functions.ts'
import type { AwsAction } from '#shared/runtime/function-definition.ts'
import type { Call } from './recorder.ts'

const workflowActions = ['states:SendTaskFailure', 'states:SendTaskSuccess', 'states:StartExecution'] as const

/** What is used only after a failure that the emulator does not have, unless it is very slow. */
const afterFailure: Record<string, { because: string; actions: AwsAction[] }> = {
  'events.relay': { because: 'only what failed three times is put aside', actions: ['sqs:SendMessage'] },
  'jobs.process-due-orders': {
    because: 'only events that the relay has not got to for half a minute are relayed here',
    actions: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem', 'events:PutEvents', ...workflowActions],
  },
  'jobs.redrive': {
    because: 'only what the relay has put aside is relayed here, and only consumers get their letters back',
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
  'fulfilment.await-step': {
    because: 'only an order that was cancelled before its wait had begun',
    actions: ['states:SendTaskFailure'],
  },
  'recovery.await-stock': {
    because: 'only an order that stopped waiting before its wait had begun, and that stock came for unannounced',
    actions: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem', 'states:SendTaskFailure', 'states:SendTaskSuccess'],
  },
  'recovery.hand-over': {
    because: 'only an order that stock came for at the last moment',
    actions: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
  },
}

const isExcused = (name: string, action: AwsAction): boolean => afterFailure[name]?.actions.includes(action) ?? false

/** Counts which of the granted actions the deployed functions really use; logs and traces are not calls of theirs. */
export class UsedGrants {
  readonly #used = new Map<string, Set<string>>()

  readonly add = ({ caller, actions, wasRefused }: Call): void => {
    if (wasRefused) return
    const used = this.#used.get(caller) ?? new Set()
    for (const action of actions) used.add(action)
    this.#used.set(caller, used)
  }

  /** A line per function and one for all; and every grant that was neither used nor has a reason, or has one too many. */
  compare(): { lines: string[]; wrong: string[] } {
    const rows = deployedFunctions.map((deployed) => {
      const name = callerName(deployed)
      const used = this.#used.get(name) ?? new Set()
      return { name, granted: deployed.uses, unused: deployed.uses.filter((action) => !used.has(action)) }
    })
    const unused = rows.flatMap(({ name, unused }) => unused.map((action) => ({ name, action })))
    const total = rows.flatMap(({ granted }) => granted).length
    const granted = new Set(rows.flatMap(({ name, granted }) => granted.map((action) => `${name} ${action}`)))
    const excused = Object.entries(afterFailure).flatMap(([name, { actions }]) =>
      actions.map((one) => `${name} ${one}`),
    )
    const wrong = [
      ...unused.flatMap(({ name, action }) => (isExcused(name, action) ? [] : [`${name} ${action} was not used`])),
      ...excused.filter((grant) => !granted.has(grant)).map((grant) => `${grant} is excused but not granted`),
      ...[...this.#used.keys()]
        .filter((caller) => !rows.some(({ name }) => name === caller))
        .map((caller) => `${caller} is not deployed`),
    ]
    const lines = [
      ...rows.map(({ name, granted, unused }) => `${granted.length - unused.length}/${granted.length} ${name}`),
      ...unused.map(({ name, action }) => `not used: ${name} ${action}: ${afterFailure[name]?.because}`),
      `${total - unused.length}/${total} granted actions were used`,
    ]
    return { lines, wrong }
  }
}
