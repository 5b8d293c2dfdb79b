import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { fulfilment, fulfilmentWaits } from './fulfilment.ts'
import { recovery, recoveryWaits } from './recovery.ts'
import type { StateMachine } from './states-language.ts'
import type { Waits } from './wait.ts'

/** A workflow: what it does, and the functions its states call. */
export interface Machine {
  readonly definition: StateMachine
  /** What somebody notices when executions fail, in one sentence. */
  readonly ifItFails: string
  readonly waits: Waits
  /** By the name that the definition has for them. */
  readonly tasks: Readonly<Record<string, BackgroundFunction>>
}

const timeoutSeconds = 30

/** What it takes to reserve for an order in its turn. */
const reservationUses = [
  'dynamodb:BatchGetItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
] as const

/** THE TABLE of state machines: the deployment creates them, the local stack runs them, the tests enumerate them. */
export const machines = {
  fulfilment: {
    definition: fulfilment,
    ifItFails: 'Of some order nobody hears any more that a step takes too long.',
    waits: fulfilmentWaits,
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
    ifItFails: 'Some order that waits for stock is only tried when some arrives, and never left to a person.',
    waits: recoveryWaits,
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
} as const satisfies Record<string, Machine>

export type MachineName = keyof typeof machines

/** The same, where the single machine does not matter. */
export const namedMachines: readonly (Machine & { name: MachineName })[] = Object.entries(machines).map(
  ([name, machine]) => ({ ...machine, name: name as MachineName }),
)
