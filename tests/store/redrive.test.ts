import { describe, expect, test } from 'vitest'
import { isOrderEvent, type TableChange } from '#shared/events/event.ts'
import type { Queues } from '#shared/events/queues.ts'
import type { Reaction } from '#shared/events/relay.ts'
import { type RelayTarget, relayChanges } from '#shared/events/relay-changes.ts'
import { redrive } from '#shared/jobs/redrive.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { eventsOf, newProduct, order, useWorld } from '#tests/support/world.ts'

const world = useWorld()

const run = { requestId: 'relay-run', deadline: Number.POSITIVE_INFINITY }

/** Queues in memory: what is received stays hidden until the end of the test, or is deleted. */
class MemoryQueues implements Queues {
  readonly messages = new Map<string, string[]>()
  async send(queue: string, body: string): Promise<void> {
    this.messages.set(queue, [...(this.messages.get(queue) ?? []), body])
  }
  async receive(queue: string) {
    const bodies = this.messages.get(queue) ?? []
    const [body, ...rest] = bodies
    this.messages.set(queue, rest)
    return body === undefined ? [] : [{ body, delete: async () => undefined }]
  }
}

const newOrder = async (): Promise<string> => {
  const sku = await newProduct(world.services, 1)
  return (await order(world.services, { lines: [{ sku, quantity: 1 }] })).id
}

const recordsOf = (...ids: string[]): { change: TableChange; id: string }[] =>
  ids.map((id) => ({ change: { subject: { order_id: id }, sequence: 1 }, id }))

describe('an order whose relay fails again and again', () => {
  test('is dead-lettered by its id, blocks no other, and is relayed when redriven', async () => {
    const { services } = world
    const [poisonous, good] = [await newOrder(), await newOrder()]
    const queues = new MemoryQueues()
    let isPoisoned = true
    let attempts = 0
    const published: string[] = []
    const react: Reaction = async (events) => {
      for (const { order_id: id, sequence } of events.filter(isOrderEvent)) {
        if (isPoisoned && id === poisonous) {
          attempts += 1
          throw new Error('Cannot be published')
        }
        published.push(`${id} ${sequence}`)
      }
    }
    const deadLetter = (work: RelayTarget) => queues.send(relayDeadLetters, JSON.stringify(work))
    const again = await relayChanges(services, { ...run, reactions: [react], deadLetter }, recordsOf(poisonous, good))
    expect(again).toEqual([])
    expect(attempts).toBe(3)
    expect(published).toEqual([`${good} 1`, `${good} 2`])
    expect(queues.messages.get(relayDeadLetters)).toEqual([JSON.stringify({ order_id: poisonous })])

    const job = { requestId: 'job-run', deadline: Number.POSITIVE_INFINITY }
    isPoisoned = false
    let redriven = 0
    const workflows = {
      start: async () => true,
      resume: async () => undefined,
      redriveFailed: async () => {
        redriven += 1
      },
    }
    await redrive(services, { queues, reactions: [react], workflows }, job)
    expect(redriven).toBe(1)
    expect(published).toContain(`${poisonous} 1`)
    expect((await eventsOf(services, poisonous)).length).toBe(2)
    expect(published.filter((name) => name.startsWith(poisonous))).toEqual([`${poisonous} 1`, `${poisonous} 2`])
  })

  test('is redelivered, not dead-lettered, when the table could not be reached in time', async () => {
    const { services } = world
    const [unlucky, good] = [await newOrder(), await newOrder()]
    const react: Reaction = async ([first]) => {
      if (first && 'order_id' in first && first.order_id === unlucky) throw new Refusal('unavailable')
    }
    const deadLetter = async () => {
      throw new Error('Nothing may be dead-lettered')
    }
    expect(await relayChanges(services, { ...run, reactions: [react], deadLetter }, recordsOf(good, unlucky))).toEqual([
      unlucky,
    ])
  })

  test('is relayed when AWS takes calls again, however often it has throttled them', async () => {
    const { services } = world
    const id = await newOrder()
    let throttled = 0
    const published: number[] = []
    const react: Reaction = async (events) => {
      if (throttled < 12) {
        throttled += 1
        throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })
      }
      published.push(...events.filter(isOrderEvent).map(({ sequence }) => sequence))
    }
    const deadLetter = async () => {
      throw new Error('Nothing may be dead-lettered')
    }
    expect(await relayChanges(services, { ...run, reactions: [react], deadLetter }, recordsOf(id))).toEqual([])
    expect(published).toEqual([1, 2])
  })

  test.each([
    { name: 'ExecutionLimitExceeded' },
    { name: 'InternalFailure' },
    { name: 'UnknownError', $metadata: { httpStatusCode: 502 } },
  ])('is redelivered when the run ends before AWS takes calls again: %j', async (failure) => {
    const { now } = world.clock
    const clock = { now, sleep: async (milliseconds: number) => world.clock.pass(milliseconds / 60_000) }
    const services = { ...world.services, clock }
    const id = await newOrder()
    let calls = 0
    const react: Reaction = async () => {
      calls += 1
      throw Object.assign(new Error(), failure)
    }
    const deadLetter = async () => {
      throw new Error('Nothing may be dead-lettered')
    }
    const ports = { ...run, deadline: now() + 60_000, reactions: [react], deadLetter }
    expect(await relayChanges(services, ports, recordsOf(id))).toEqual([id])
    expect(calls).toBeGreaterThan(5)
  })

  test('is an error when it can be neither relayed nor dead-lettered', async () => {
    const id = await newOrder()
    const fail = async () => {
      throw new Error('Down')
    }
    await expect(
      relayChanges(world.services, { ...run, reactions: [fail], deadLetter: fail }, recordsOf(id)),
    ).rejects.toThrow('Down')
  })

  test('asks for one relay, from its first event on, for any number of records', async () => {
    const { services } = world
    const id = await newOrder()
    let calls = 0
    const react: Reaction = async () => {
      calls += 1
    }
    const deadLetter = async () => undefined
    const changes = [2, 1, 2].map((sequence) => ({ change: { subject: { order_id: id }, sequence }, id }))
    await relayChanges(services, { ...run, reactions: [react], deadLetter }, changes)
    expect(calls).toBe(1)
  })
})
