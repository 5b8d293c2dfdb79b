import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { type Counts, countsOf } from '#shared/events/counts.ts'
import type { SubjectEvent } from '#shared/events/event.ts'
import { type Reaction, relay } from '#shared/events/relay.ts'
import type { Services } from '#shared/runtime/services.ts'
import { act, eventsOf, newProduct, operator, order, overtaken, owner, stored, useWorld } from '#tests/support/world.ts'
import { mortal } from './mortal.ts'

const world = useWorld()

/** What was published, in order. */
function recorder(): { seen: SubjectEvent[]; react: Reaction } {
  const seen: SubjectEvent[] = []
  return {
    seen,
    react: async (events) => {
      seen.push(...events.filter((event) => 'sequence' in event))
    },
  }
}

async function deliveredOrder(services: Services): Promise<string> {
  const sku = await newProduct(services, 5)
  const { id } = await order(services, { lines: [{ sku, quantity: 2 }] })
  for (const action of ['start-pick', 'confirm-pick', 'ship', 'deliver'] as const)
    await act(services, operator, id, action)
  return id
}

const counted = (services: Services): Promise<Counts> => services.store.counters.read(1)

/** How much the counters grew, except the lag. */
function growth(before: Counts, after: Counts): Counts {
  const names = Object.keys(after).filter((name) => name !== 'relay_lag_ms' && after[name] !== (before[name] ?? 0))
  return Object.fromEntries(names.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]))
}

const expectedGrowth = (events: SubjectEvent[]): Counts => ({ ...countsOf(events), relayed: events.length })

/** Whether the two-minute job would look at the order. */
const isLookedFor = async ({ store }: Services, id: string): Promise<boolean> => {
  for await (const { subjects } of store.orderSweeps.unrelayed(undefined)) {
    if (subjects.some(({ subject }) => 'order_id' in subject && subject.order_id === id)) return true
  }
  return false
}

describe('the relay', () => {
  test('publishes every event in sequence, counts each once, and closes what is final', async () => {
    const { services } = world
    const id = await deliveredOrder(services)
    const before = await counted(services)
    expect(await isLookedFor(services, id)).toBe(true)
    const { seen, react } = recorder()
    await relay(services, [react], { subject: { order_id: id }, from: 1 })
    const events = await eventsOf(services, id)
    expect(seen).toEqual(events)
    expect(growth(before, await counted(services))).toEqual(expectedGrowth(events))
    expect(await isLookedFor(services, id)).toBe(false)
  })

  test('does nothing for old records, and finds events older than the records', async () => {
    const { services } = world
    const id = await deliveredOrder(services)
    const first = recorder()
    await relay(services, [first.react], { subject: { order_id: id }, from: 4 })
    expect(first.seen.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
    const before = await counted(services)
    const second = recorder()
    await relay(services, [second.react], { subject: { order_id: id }, from: 2 })
    expect(second.seen).toEqual([])
    expect(await counted(services)).toEqual(before)
  })

  test('handles a history longer than a batch', async () => {
    const { services } = world
    const sku = await newProduct(services, 0)
    const { id } = await order(services, { lines: [{ sku, quantity: 1 }] })
    for (let n = 0; n < 23; n += 1) await act(services, owner, id, 'retry-reservation', `attempt ${n}`)
    const before = await counted(services)
    const { seen, react } = recorder()
    await relay(services, [react], { subject: { order_id: id }, from: 25 })
    expect(seen.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 25 }, (_, n) => n + 1))
    expect(growth(before, await counted(services))).toEqual(expectedGrowth(await eventsOf(services, id)))
  })

  test('keeps an order among those that the job looks for, when it changed during its last relay', async () => {
    const { services } = world
    const sku = await newProduct(services, 5)
    const { id } = await order(services, { lines: [{ sku, quantity: 2 }] })
    const { seen, react } = recorder()
    const slow = overtaken(services, () => act(services, owner, id, 'cancel'))
    await relay(slow, [react], { subject: { order_id: id }, from: 1 })
    await relay(services, [react], { subject: { order_id: id }, from: 3 })
    expect(seen.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect(await isLookedFor(services, id)).toBe(false)
  })

  test('run twice at once may publish twice, but counts once', async () => {
    const { services } = world
    const id = await deliveredOrder(services)
    const before = await counted(services)
    const { seen, react } = recorder()
    const slow = overtaken(services, () => relay(services, [react], { subject: { order_id: id }, from: 1 }))
    await relay(slow, [react], { subject: { order_id: id }, from: 1 })
    const events = await eventsOf(services, id)
    expect(seen).toEqual([...events, ...events])
    expect(growth(before, await counted(services))).toEqual(expectedGrowth(events))
  })

  test('refuses to go past a missing event', async () => {
    const { services } = world
    const id = await deliveredOrder(services)
    const third = { TableName: 'holdfast', Key: { pk: `ORDER#${id}`, sk: 'EVENT#000003' } }
    const { Item } = await world.client.send(new GetCommand(third))
    await world.client.send(new DeleteCommand(third))
    const { seen, react } = recorder()
    await expect(relay(services, [react], { subject: { order_id: id }, from: 1 })).rejects.toThrow('missing')
    expect(seen).toEqual([])
    await world.client.send(new PutCommand({ TableName: 'holdfast', Item }))
    await relay(services, [react], { subject: { order_id: id }, from: 1 })
    expect(seen).toEqual(await eventsOf(services, id))
  })
})

/** Services and a reaction that die at a moment. */
function dying(services: Services, react: Reaction, at: number) {
  const { step, ...life } = mortal(at)
  const { store } = services
  const transact: typeof store.transact = (writes) => step(() => store.transact(writes))
  const news: typeof store.outbox.news = (...asked) => step(() => store.outbox.news(...asked))
  const mortalReact: Reaction = (events) => step(() => react(events))
  return {
    ...life,
    services: { ...services, store: { ...store, transact, outbox: { ...store.outbox, news } } },
    reactions: [mortalReact, mortalReact],
  }
}

describe('a relay that dies', () => {
  test('between any two steps publishes everything and counts it once when redelivered', async () => {
    const { services } = world
    for (let at = 0; ; at += 1) {
      const id = await deliveredOrder(services)
      const events = await eventsOf(services, id)
      const before = await counted(services)
      const { seen, react } = recorder()
      const first = dying(services, react, at)
      const survived = await first.survives(
        relay(first.services, first.reactions, { subject: { order_id: id }, from: 1 }),
      )
      await relay(services, [react], { subject: { order_id: id }, from: 1 })
      expect(new Set(seen.map(({ sequence }) => sequence))).toEqual(new Set(events.map(({ sequence }) => sequence)))
      expect(growth(before, await counted(services))).toEqual(expectedGrowth(events))
      expect((await stored(services, id)).status).toBe('DELIVERED')
      expect(await isLookedFor(services, id)).toBe(false)
      if (survived) {
        // Read, two reactions, write: eight moments, all of them tried.
        expect([at, first.moments()]).toEqual([8, 8])
        return
      }
    }
  })
})
