import { beforeAll, describe, expect, test } from 'vitest'
import { changeNote } from '#shared/orders/change-note.ts'
import { listOrderEvents, readOrder } from '#shared/orders/read-orders.ts'
import { beginWait } from '#shared/workflows/begin-wait.ts'
import { readWorkflow } from '#shared/workflows/read-workflow.ts'
import { newProduct, order, owner, useWorld } from '#tests/support/world.ts'
import { countCalls } from './counting.ts'

const world = useWorld()
const fewNotes = 3
const manyNotes = 60

let measure: ReturnType<typeof countCalls>
let few: string
let many: string
let createdAt: string
beforeAll(async () => {
  few = await withNotes(fewNotes)
  many = await withNotes(manyNotes)
  measure = countCalls(world.client)
})

/** An order with notes of 2 kB: each of its events takes half of what one read unit reads. */
async function withNotes(count: number): Promise<string> {
  const sku = await newProduct(world.services, 1)
  const { id, created_at } = await order(world.services, { lines: [{ sku, quantity: 1 }] })
  createdAt = created_at
  const ports = { resume: async () => undefined, start: async () => true, redriveFailed: async () => undefined }
  const entered_at = new Date(world.clock.now()).toISOString()
  const place = { order_id: id, sequence: 2, state: 'await-picking', token: id, entered_at }
  await beginWait(world.services, ports, 'fulfilment', place)
  for (let n = 0; n < count; n += 1) {
    world.clock.pass(1)
    await changeNote(world.services, owner, { id, note: `${n} ${'x'.repeat(1990)}` })
  }
  return id
}

const reads: Record<string, (id: string, sequence: number) => Promise<unknown>> = {
  'the first event': (id) => listOrderEvents(world.services, owner, { id, query: { limit: 1 } }),
  'the order as it was at first': (id) => readOrder(world.services, owner, { id, asOf: createdAt }),
  'the events after the last but one': (id, sequence) =>
    world.services.store.orders.events(id, { after: sequence - 1 }),
  'the events up to the second': (id) => world.services.store.outbox.eventsUpTo({ order_id: id }, 2),
}

describe('what is read of an order does not grow with its history', () => {
  test.each(Object.entries(reads))('%s', async (name, read) => {
    const { result: first, ...short } = await measure(() => read(few, fewNotes + 2))
    const { result: second, ...long } = await measure(() => read(many, manyNotes + 2))
    expect([first, second].every((result) => result !== undefined)).toBe(true)
    // The first page of eight events is full where there are more.
    const fuller = name === 'the order as it was at first' ? 2 : 0
    expect(long.table).toBeLessThanOrEqual(short.table + fuller)
    expect(long.rounds).toEqual(short.rounds)
  })

  test('every event is listed once, page by page', async () => {
    const sequences: number[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 7, ...(cursor === undefined ? {} : { cursor }) }
      const { events, page } = await listOrderEvents(world.services, owner, { id: many, query })
      sequences.push(...events.map(({ sequence }) => sequence))
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    expect(sequences).toEqual(Array.from({ length: manyNotes + 2 }, (_, n) => n + 1))
  })

  test('the workflow is read from where its wait began', async () => {
    expect(await readWorkflow(world.services, many)).toMatchObject({ machine: 'fulfilment' })
  })
})
