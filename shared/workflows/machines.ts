import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { fulfilment, fulfilmentWaitRules } from './fulfilment.ts'
import type { MachineName } from './machine-name.ts'
import { recovery, recoveryWaitRules } from './recovery.ts'
import type { StateMachine } from './states-language.ts'
import type { WaitRules } from './wait-rules.ts'

export interface Machine {
  readonly definition: StateMachine
  /** What users notice when executions fail, in one sentence; the text of the machine's alarms. */
  readonly ifItFails: string
  readonly waitRules: WaitRules
  /** By the names that the definition calls them. */
  readonly tasks: Readonly<Record<string, BackgroundFunction>>
}

const timeoutSeconds = 30

/** The actions of trying to reserve stock for a waiting order. */
export const reservationUses = [
  'dynamodb:BatchGetItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
] as const

/** The table of state machines: the deployment creates them, and the local stack runs them. */
export const machines = {
  fulfilment: {
    definition: fulfilment,
    ifItFails: 'Some overdue orders are no longer reported.',
    waitRules: fulfilmentWaitRules,
    tasks: {
      awaitStep: {
        file: 'functions/fulfilment/await-step.ts',
        area: 'workflows',
        uses: ['dynamodb:PutItem', 'dynamodb:Query', 'states:SendTaskFailure', 'states:SendTaskSuccess'],
        timeoutSeconds,
      },
      handleOverdue: {
        file: 'functions/fulfilment/handle-overdue.ts',
        area: 'workflows',
        uses: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
        timeoutSeconds,
      },
    },
  },
  recovery: {
    definition: recovery,
    ifItFails: 'Some orders waiting for stock are retried only when stock arrives, and are never reported to staff.',
    waitRules: recoveryWaitRules,
    tasks: {
      awaitStock: {
        file: 'functions/recovery/await-stock.ts',
        area: 'workflows',
        uses: [...reservationUses, 'states:SendTaskFailure', 'states:SendTaskSuccess'],
        timeoutSeconds,
      },
      handOver: {
        file: 'functions/recovery/hand-over.ts',
        area: 'workflows',
        uses: reservationUses,
        timeoutSeconds,
      },
    },
  },
} as const satisfies Record<MachineName, Machine>

export const namedMachines: readonly (Machine & { name: MachineName })[] = Object.entries(machines).map(
  ([name, machine]) => ({ ...machine, name: name as MachineName }),
)
