import type { OrderEvent } from '#shared/orders/order.ts'
import { lacksStock } from '#shared/orders/transitions.ts'
import { cancelled, retryCall, retryWait, stateMachine, taskPayload, type WaitState } from './states-language.ts'
import type { WaitRules } from './wait-rules.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/**
 * How long an order waits for stock before the next attempt to reserve, in seconds: twelve and a half days in total. The
 * intervals grow, because arriving stock triggers attempts anyway and these are only a safety net.
 */
export const recoveryTimeouts = {
  'await-stock-1': 15 * minute,
  'await-stock-2': hour,
  'await-stock-3': 4 * hour,
  'await-stock-4': 12 * hour,
  'await-stock-5': day,
  'await-stock-6': 3 * day,
  'await-stock-7': 7 * day,
} as const

export type RecoveryAttempt = keyof typeof recoveryTimeouts

export const recoveryAttempts = Object.keys(recoveryTimeouts) as [RecoveryAttempt, ...RecoveryAttempt[]]

/** All of them end when the order stops waiting for stock, whether it has got some or not. */
export const recoveryWaitRules = Object.fromEntries(
  recoveryAttempts.map((name) => [
    name,
    {
      outcome: ({ from, to }: OrderEvent) => {
        if (from === null || !lacksStock(from) || lacksStock(to)) return undefined
        return to === 'RESERVED' ? ('done' as const) : ('cancelled' as const)
      },
    },
  ]),
) satisfies WaitRules

/** Input of an execution; derived from the event that starts it, so that a repeat is identical. */
export interface RecoveryInput {
  order_id: string
  /** Sequence of the event with which the order began to wait. */
  sequence: number
}

type StateName = RecoveryAttempt | 'hand-over' | 'ended'

function waitState(state: RecoveryAttempt): WaitState<StateName> {
  const next: StateName = recoveryAttempts[recoveryAttempts.indexOf(state) + 1] ?? 'hand-over'
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: substituted by CloudFormation
    Parameters: { FunctionName: '${awaitStock}', Payload: taskPayload(state) },
    TimeoutSeconds: recoveryTimeouts[state],
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
  Comment: 'Retries an order that found no stock until it has some, is cancelled, or is reported to staff.',
  StartAt: 'await-stock-1',
  States: {
    'await-stock-1': waitState('await-stock-1'),
    'await-stock-2': waitState('await-stock-2'),
    'await-stock-3': waitState('await-stock-3'),
    'await-stock-4': waitState('await-stock-4'),
    'await-stock-5': waitState('await-stock-5'),
    'await-stock-6': waitState('await-stock-6'),
    'await-stock-7': waitState('await-stock-7'),
    'hand-over': {
      Comment: 'No stock arrived in time: staff decide.',
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
