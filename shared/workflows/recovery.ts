import type { OrderEvent } from '#shared/orders/order.ts'
import { lacksStock } from '#shared/orders/transitions.ts'
import { cancelled, retryCall, retryWait, stateMachine, taskPayload, type WaitState } from './states-language.ts'
import type { Waits } from './wait.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/**
 * So long, in seconds, an order waits for stock before it is tried without being told of any: longer and longer, because the
 * tries are only the net below the news. Twelve and a half days altogether.
 */
export const recoveryPatience = {
  'await-stock-1': 15 * minute,
  'await-stock-2': hour,
  'await-stock-3': 4 * hour,
  'await-stock-4': 12 * hour,
  'await-stock-5': day,
  'await-stock-6': 3 * day,
  'await-stock-7': 7 * day,
} as const

export type RecoveryAttempt = keyof typeof recoveryPatience

/** In order. */
export const recoveryAttempts = Object.keys(recoveryPatience) as [RecoveryAttempt, ...RecoveryAttempt[]]

/** All are over as soon as the order stops waiting, one way or the other. */
export const recoveryWaits = Object.fromEntries(
  recoveryAttempts.map((name) => [
    name,
    {
      outcome: ({ from, to }: OrderEvent) => {
        if (from === null || !lacksStock(from) || lacksStock(to)) return undefined
        return to === 'RESERVED' ? ('done' as const) : ('cancelled' as const)
      },
    },
  ]),
) satisfies Waits

/** What an execution is started with; the same for the same event. */
export interface RecoveryInput {
  order_id: string
  /** Of the event by which the order began to wait. */
  sequence: number
}

type StateName = RecoveryAttempt | 'hand-over' | 'ended'

function wait(state: RecoveryAttempt): WaitState<StateName> {
  const next: StateName = recoveryAttempts[recoveryAttempts.indexOf(state) + 1] ?? 'hand-over'
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: substituted by CloudFormation
    Parameters: { FunctionName: '${awaitStock}', Payload: taskPayload(state) },
    TimeoutSeconds: recoveryPatience[state],
    ResultPath: null,
    Retry: retryWait,
    Catch: [
      { ErrorEquals: [cancelled], ResultPath: null, Next: 'ended' },
      { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: next },
    ],
    End: true,
  }
}

export const recovery = stateMachine<StateName>({
  Comment: 'Until an order that found no stock has got some, was cancelled, or is left to a person.',
  StartAt: 'await-stock-1',
  States: {
    'await-stock-1': wait('await-stock-1'),
    'await-stock-2': wait('await-stock-2'),
    'await-stock-3': wait('await-stock-3'),
    'await-stock-4': wait('await-stock-4'),
    'await-stock-5': wait('await-stock-5'),
    'await-stock-6': wait('await-stock-6'),
    'await-stock-7': wait('await-stock-7'),
    'hand-over': {
      Comment: 'Nothing came for too long: a person decides.',
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: substituted by CloudFormation
        FunctionName: '${handOver}',
        Payload: { 'order_id.$': '$.order_id', 'sequence.$': '$.sequence' },
      },
      TimeoutSeconds: 60,
      ResultPath: null,
      Retry: retryCall,
      End: true,
    },
    ended: { Type: 'Succeed' },
  },
})
