import { expect, test, vi } from 'vitest'
import type { Mail, Mailer } from '#shared/mail/mailer.ts'
import type { Services } from '#shared/runtime/services.ts'
import { deliver, outbox, useMailWorld } from './mail-world.ts'
import { mortal } from './mortal.ts'

const scene = useMailWorld()
const { world } = scene

/** Moments before and after a delivery's steps: events, owner, claim, send, generations, mark. */
const moments = 12
const claimed = 6
const sentAndNotMarked = [7, 8, 9, 10]

/** Services and a sender that die at a moment. */
function dying(services: Services, mailer: Mailer, at: number) {
  const { step, ...life } = mortal(at)
  const { store } = services
  const { transact, orders, users, outbox: events } = store
  const mortalStore: Services['store'] = {
    ...store,
    transact: (writes) => step(() => transact(writes)),
    orders: { ...orders, events: (...range) => step(() => orders.events(...range)) },
    users: { ...users, get: (id) => step(() => users.get(id)) },
    outbox: { ...events, generations: () => step(() => events.generations()) },
  }
  return {
    ...life,
    services: { ...services, store: mortalStore },
    mailer: { send: (mail: Mail) => step(() => mailer.send(mail)) },
  }
}

/** The same services, with a callback for every transaction. */
function watched(services: Services, seen: () => void): Services {
  const { store } = services
  const transact: typeof store.transact = (writes) => {
    seen()
    return store.transact(writes)
  }
  return { ...services, store: { ...store, transact } }
}

test('a delivery that dies between two steps still ends in one mail, counted once', async () => {
  for (let at = 0; ; at += 1) {
    const id = await scene.orderTwo(5)
    const envelope = await scene.envelope(id)
    const mailer = outbox()
    const first = dying(world.services, mailer, at)
    let survived = false
    const counts = await scene.counted(async () => {
      survived = await first.survives(deliver(first.services, first.mailer, envelope))
      world.clock.pass(1)
      await deliver(world.services, mailer, envelope)
    })
    expect(counts).toEqual({ 'mails.reserved': 1 })
    const [sent, again] = mailer.sent
    expect(sent?.id).toBe(`${id}.2`)
    if (sentAndNotMarked.includes(at)) expect(again).toEqual(sent)
    else expect(again).toBeUndefined()
    if (survived) {
      expect([at, first.moments()]).toEqual([moments, moments])
      return
    }
  }
})

test('a mail whose sender has died is sent at the end of its lease, not before', async () => {
  const envelope = await scene.envelope(await scene.orderTwo(5))
  const first = dying(world.services, outbox(), claimed)
  expect(await first.survives(deliver(first.services, first.mailer, envelope))).toBe(false)

  const mailer = outbox()
  let attempts = 0
  const services = watched(world.services, () => {
    attempts += 1
  })
  const delivering = deliver(services, mailer, envelope)
  world.clock.time += 9999
  const before = attempts
  await vi.waitFor(() => expect(attempts).toBeGreaterThan(before + 2))
  expect(mailer.sent).toEqual([])
  world.clock.time += 1
  await delivering
  expect(mailer.sent).toHaveLength(1)
})
