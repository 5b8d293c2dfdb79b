import { describe, expect, test } from 'vitest'
import { completeOrder, processOrder } from '#shared/orders/system-actions.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { type CallerName, cells, expected, type Place } from '#tests/support/matrix.ts'
import {
  act,
  eventsOf,
  job,
  newProduct,
  operator,
  order,
  owner,
  simpleOrder,
  simulatedOrder,
  stored,
  stranger,
  useWorld,
  workflow,
} from '#tests/support/world.ts'

const world = useWorld()

/** The code of the refusal, or the answer. */
const answerOf = (attempt: Promise<{ status: string }>): Promise<string> =>
  attempt.then(
    ({ status }) => status,
    (error: unknown) => {
      if (error instanceof Refusal) return error.code
      throw error
    },
  )

describe('a simple order', () => {
  test('is processed and completed by the job, with a history of it', async () => {
    const { id } = await simpleOrder(world.services)
    expect(await processOrder(world.services, job, id)).toMatchObject({ status: 'PICKING', phase: 'processing' })
    expect(await completeOrder(world.services, job, id)).toMatchObject({ status: 'DELIVERED', phase: 'completed' })
    expect((await eventsOf(world.services, id)).map(({ type, actor }) => [type, actor.role])).toEqual([
      ['order.created', 'user'],
      ['order.picking_started', 'job'],
      ['order.delivered', 'job'],
    ])
  })

  test('is processed once however often the job runs', async () => {
    const { id } = await simpleOrder(world.services)
    const answers = await Promise.all(Array.from({ length: 4 }, () => processOrder(world.services, job, id)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 'PICKING', version: 2 })
    expect(await eventsOf(world.services, id)).toHaveLength(2)
  })

  test('is not completed before it is processed, nor processed once cancelled', async () => {
    const { id } = await simpleOrder(world.services)
    const notNow = 'invalid_transition'
    expect(await answerOf(completeOrder(world.services, job, id))).toBe(notNow)
    expect(await answerOf(processOrder(world.services, workflow, id))).toBe(notNow)
    await act(world.services, owner, id, 'cancel')
    expect(await answerOf(processOrder(world.services, job, id))).toBe(notNow)
    expect(await stored(world.services, id)).toMatchObject({ status: 'CANCELLED', version: 2 })
  })
})

test.each([
  [
    'stock',
    async () => {
      const sku = await newProduct(world.services, 1)
      return order(world.services, { lines: [{ sku, quantity: 1 }], reserve: false })
    },
  ],
  ['simulated', () => simulatedOrder(world.services, true)],
])('the job ignores a %s order', async (_, place) => {
  const { id } = await place()
  const before = await stored(world.services, id)
  for (const use of [processOrder, completeOrder]) {
    expect(await answerOf(use(world.services, job, id))).toBe('invalid_transition')
  }
  expect(await stored(world.services, id)).toEqual(before)
})

const people = { owner, operator, stranger }
type Present = keyof typeof people & CallerName
const simplePlaces = ['PICKING', 'DELIVERED'] as const

describe.each(simplePlaces)('a simple order that is %s', (status) => {
  const place: Place = { kind: 'simple', status }

  test('does what the documents allow, and refuses the rest even past the role check', async () => {
    for (const caller of Object.keys(people) as Present[]) {
      for (const cell of cells) {
        const { id } = await simpleOrder(world.services)
        await processOrder(world.services, job, id)
        if (status === 'DELIVERED') await completeOrder(world.services, job, id)
        const wanted = expected(place, cell, caller)
        const beyondRoles = caller === 'stranger' ? 'not_found' : 'invalid_transition'
        const answer = answerOf(act(world.services, people[caller], id, cell.action, cell.body['reason']))
        const name = `${caller} ${cell.action} ${JSON.stringify(cell.body)}`
        expect(await answer, name).toBe(wanted.status === 200 ? wanted.to : beyondRoles)
        if (wanted.status !== 200) expect(await stored(world.services, id), name).toMatchObject({ status })
      }
    }
  })
})
