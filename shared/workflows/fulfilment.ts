import type { OrderEvent, OrderStatus } from '#shared/orders/order.ts'
import { deliveryStep } from '#shared/orders/report-overdue-delivery.ts'
import type { Config } from '#shared/runtime/config.ts'
import { cancelled, retryCall, retryWait, stateMachine, taskPayload, type WaitState } from './states-language.ts'
import type { WaitOutcome, WaitRules } from './wait-rules.ts'

/** The steps of fulfilment, in order: each waits for the order to move from one status to the next, with a timeout. */
const steps = {
  'await-picking': { from: 'RESERVED', to: 'PICKING', timeout: 'picking' },
  'await-picked': { from: 'PICKING', to: 'PICKED', timeout: 'picked' },
  'await-shipment': { from: 'PICKED', to: 'SHIPPED', timeout: 'shipment' },
} as const satisfies Record<string, { from: OrderStatus; to: OrderStatus; timeout: string }>

type FulfilmentStep = keyof typeof steps

const fulfilmentSteps = Object.keys(steps) as FulfilmentStep[]

/** An order that leaves its status for anything but the next step, by a cancellation or expiry, ends its fulfilment. */
const movesOn =
  (from: OrderStatus, to: OrderStatus) =>
  (event: OrderEvent): WaitOutcome | undefined => {
    if (event.from !== from || event.to === from) return undefined
    return event.to === to ? 'done' : 'cancelled'
  }

/**
 * The last is not a state of the machine: the due index watches deliveries. Executions that started before release 0.2.0 do
 * wait there, so its name and rule stay at least until the last of them has ended, a year after that release.
 */
export const fulfilmentWaitRules: WaitRules = {
  ...Object.fromEntries(
    fulfilmentSteps.map((name, n) => {
      const { from, to } = steps[name]
      return [name, { outcome: movesOn(from, to), next: fulfilmentSteps[n + 1] ?? deliveryStep }]
    }),
  ),
  [deliveryStep]: { outcome: movesOn('SHIPPED', 'DELIVERED'), isBeyondMachine: true },
}

/** Input of an execution; derived from the event that starts it, so that a repeat is identical. */
export interface FulfilmentInput {
  order_id: string
  /** Sequence of the `order.reserved` event that starts it. */
  sequence: number
  /**
   * Seconds each step may take. Only the earlier definition reads `delivery`: while a release is deployed, the new relay may
   * start executions of it.
   */
  timeouts: Record<(typeof steps)[FulfilmentStep]['timeout'] | 'delivery', number>
}

/** @param reserved the `order.reserved` event; its `data` has the time until which stock is held, if that is limited */
export function fulfilmentInput(reserved: OrderEvent, config: Config): FulfilmentInput {
  const { reserved_until: until } = reserved.data as { reserved_until?: string }
  const held = until === undefined ? Number.POSITIVE_INFINITY : (Date.parse(until) - Date.parse(reserved.at)) / 1000
  return {
    order_id: reserved.order_id,
    sequence: reserved.sequence,
    timeouts: {
      picking: Math.min(Math.ceil(held), config.SLA_PICKING_MINUTES * 60),
      picked: config.SLA_PICKED_MINUTES * 60,
      shipment: config.SLA_SHIPMENT_MINUTES * 60,
      delivery: config.SLA_DELIVERY_MINUTES * 60,
    },
  }
}

type StateName = FulfilmentStep | 'overdue' | 'resume' | 'ended'

const waitState = (state: FulfilmentStep, onward: { Next: StateName } | { End: true }): WaitState<StateName> => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: substituted by CloudFormation
  Parameters: { FunctionName: '${awaitStep}', Payload: taskPayload(state) },
  TimeoutSecondsPath: `$.timeouts.${steps[state].timeout}`,
  ResultPath: null,
  Retry: retryWait,
  Catch: [
    { ErrorEquals: [cancelled], ResultPath: null, Next: 'ended' },
    { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'overdue' },
  ],
  ...onward,
})

export const fulfilment = stateMachine<StateName>({
  Comment: 'From reservation to shipment: expires reservations and reports overdue steps.',
  StartAt: 'await-picking',
  States: {
    'await-picking': waitState('await-picking', { Next: 'await-picked' }),
    'await-picked': waitState('await-picked', { Next: 'await-shipment' }),
    'await-shipment': waitState('await-shipment', { End: true }),
    overdue: {
      Comment: 'Expires a reservation whose time is up; reports any other step as overdue.',
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: substituted by CloudFormation
        FunctionName: '${handleOverdue}',
        Payload: { 'order_id.$': '$.order_id', 'sequence.$': '$.sequence' },
      },
      TimeoutSeconds: 60,
      ResultSelector: { 'state.$': '$.Payload.state' },
      ResultPath: '$.now',
      Retry: retryCall,
      Next: 'resume',
    },
    resume: {
      Type: 'Choice',
      Choices: fulfilmentSteps.map((name) => ({ Variable: '$.now.state', StringEquals: name, Next: name })),
      Default: 'ended',
    },
    ended: { Type: 'Succeed' },
  },
})
