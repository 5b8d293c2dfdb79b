import type { machines } from '#shared/workflows/machines.ts'
import { recoveryTimeouts } from '#shared/workflows/recovery.ts'
import { addStock } from '#tests/support/world.ts'
import { OneOrder } from './one-order.ts'
import type { VirtualWorld } from './virtual-world.ts'

/** All states of all machines that call a function. */
export type TaskState = Exclude<
  keyof (typeof machines.fulfilment.definition)['States'] | keyof (typeof machines.recovery.definition)['States'],
  'resume' | 'ended'
>

/** Something that happens to an order in a state. */
export interface Course {
  name: string
  state: TaskState
  /** @param strike starts the fault, unless it is in the state's function */
  run(world: VirtualWorld, strike: () => void): Promise<OneOrder>
}

const day = 24 * 3600
const fulfilmentSteps = ['await-picking', 'await-picked', 'await-shipment'] as const
const attempts = Object.keys(recoveryTimeouts) as (keyof typeof recoveryTimeouts)[]
const slaSeconds = { 'await-picking': day, 'await-picked': day / 3, 'await-shipment': day }

/** An order that waits in a step of fulfilment. */
async function orderAt(world: VirtualWorld, state: (typeof fulfilmentSteps)[number]): Promise<OneOrder> {
  const one = await OneOrder.place(world, 2)
  for (const step of fulfilmentSteps) {
    await one.untilAt(step)
    if (step === state) break
    await one.step()
  }
  return one
}

/** An order that waits for stock for as many times. */
async function orderWaitingAt(world: VirtualWorld, state: keyof typeof recoveryTimeouts): Promise<OneOrder> {
  const one = await OneOrder.place(world, 1)
  for (const attempt of attempts) {
    await one.untilAt(attempt)
    if (attempt === state) break
    await world.pass(recoveryTimeouts[attempt])
  }
  return one
}

/** At least one for every state that calls a function. */
export const courses: Course[] = [
  ...fulfilmentSteps.flatMap((state): Course[] => [
    {
      name: 'the next step is done',
      state,
      async run(world, strike) {
        const one = await orderAt(world, state)
        strike()
        await one.step()
        return one
      },
    },
    {
      name: 'it is cancelled',
      state,
      async run(world, strike) {
        const one = await orderAt(world, state)
        strike()
        await one.cancel()
        return one
      },
    },
    {
      name: 'it takes too long',
      state: 'overdue',
      async run(world, strike) {
        const one = await orderAt(world, state)
        strike()
        await world.pass(slaSeconds[state])
        await world.until(async () => (await eventTypes(world, one)).includes('order.overdue'))
        return one
      },
    },
  ]),
  {
    name: 'the reservation expires',
    state: 'overdue',
    async run(world, strike) {
      const one = await OneOrder.place(world, 2, 30)
      await one.untilAt('await-picking')
      strike()
      await world.pass(30 * 60)
      await world.until(async () => (await one.read()).status === 'FAILED_RESERVATION')
      return one
    },
  },
  ...attempts.flatMap((state): Course[] => [
    {
      name: 'stock comes',
      state,
      async run(world, strike) {
        const one = await orderWaitingAt(world, state)
        strike()
        await addStock(world.services, one.sku, 1)
        await world.settle()
        // An execution that missed it finds it with the next attempt.
        if ((await one.read()).status !== 'RESERVED') await world.pass(recoveryTimeouts[state])
        await world.until(async () => (await one.read()).status === 'RESERVED')
        return one
      },
    },
    {
      name: 'it is cancelled',
      state,
      async run(world, strike) {
        const one = await orderWaitingAt(world, state)
        strike()
        await one.cancel()
        return one
      },
    },
  ]),
  {
    name: 'no stock comes',
    state: 'hand-over',
    async run(world, strike) {
      const one = await orderWaitingAt(world, 'await-stock-7')
      strike()
      await world.pass(recoveryTimeouts['await-stock-7'])
      await world.until(async () => (await one.read()).waiting_since === undefined)
      return one
    },
  },
]

const eventTypes = async (world: VirtualWorld, { id }: OneOrder): Promise<string[]> =>
  (await world.services.store.orders.events(id)).map(({ type }) => type)
