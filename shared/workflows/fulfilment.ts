import type { OrderEvent, OrderStatus } from '#shared/orders/order.ts'
import type { Config } from '#shared/runtime/config.ts'
import { cancelled, retryCall, retryWait, stateMachine, taskPayload, type WaitState } from './states-language.ts'
import type { Waits } from './wait.ts'

/** The steps of fulfilment: each waits for an order to get from one status to the next, and has a time for it. */
const steps = {
  'await-picking': { from: 'RESERVED', to: 'PICKING', timeout: 'picking' },
  'await-picked': { from: 'PICKING', to: 'PICKED', timeout: 'picked' },
  'await-shipment': { from: 'PICKED', to: 'SHIPPED', timeout: 'shipment' },
  'await-delivery': { from: 'SHIPPED', to: 'DELIVERED', timeout: 'delivery' },
} as const satisfies Record<string, { from: OrderStatus; to: OrderStatus; timeout: string }>

type FulfilmentStep = keyof typeof steps

/** In order. */
const fulfilmentSteps = Object.keys(steps) as FulfilmentStep[]

/** What an order leaves a status for that is not the next step ends its fulfilment: a cancel, an expiry. */
export const fulfilmentWaits = Object.fromEntries(
  fulfilmentSteps.map((name, n) => {
    const { from, to } = steps[name]
    const next = fulfilmentSteps[n + 1]
    return [
      name,
      {
        outcome: (event: OrderEvent) => {
          if (event.from !== from || event.to === from) return undefined
          return event.to === to ? ('done' as const) : ('cancelled' as const)
        },
        ...(next === undefined ? {} : { next }),
      },
    ]
  }),
) satisfies Waits

/** What an execution is started with; the same for the same event. */
export interface FulfilmentInput {
  order_id: string
  /** Of the event `order.reserved` that started it. */
  sequence: number
  /** Seconds each step may take. */
  timeouts: Record<(typeof steps)[FulfilmentStep]['timeout'], number>
}

/** @param reserved its `data` tells until when the stock is held, where that is limited */
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

const wait = (state: FulfilmentStep, onward: { Next: StateName } | { End: true }): WaitState<StateName> => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: substituted by CloudFormation
  Parameters: { FunctionName: '${awaitStep}', Payload: taskPayload(state) },
  TimeoutSecondsPath: `$$.Execution.Input.timeouts.${steps[state].timeout}`,
  ResultPath: null,
  Retry: retryWait,
  Catch: [
    { ErrorEquals: [cancelled], ResultPath: null, Next: 'ended' },
    { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'overdue' },
  ],
  ...onward,
})

export const fulfilment = stateMachine<StateName>({
  Comment: 'From the reservation of an order to its delivery: expires, and notices what takes too long.',
  StartAt: 'await-picking',
  States: {
    'await-picking': wait('await-picking', { Next: 'await-picked' }),
    'await-picked': wait('await-picked', { Next: 'await-shipment' }),
    'await-shipment': wait('await-shipment', { Next: 'await-delivery' }),
    'await-delivery': wait('await-delivery', { End: true }),
    overdue: {
      Comment: 'Gives back what was reserved for a limited time; tells of any other step that it is late.',
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
