import { describe, expect, test } from 'vitest'
import { envelopeOf } from '#shared/events/event.ts'
import { placeSimulatedOrder } from '#shared/orders/place-order.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { eventsOf } from '#tests/support/world.ts'
import { useAccountScene } from './account-scene.ts'
import { deliver, outbox } from './mail-world.ts'

const limit = 10
const scene = useAccountScene({ MAILS_PER_HOUR: limit, CODE_REQUESTS_PER_HOUR: 1000, LOGIN_FAILURES_PER_ADDRESS: 1000 })
const { world } = scene

type User = Awaited<ReturnType<typeof scene.newUser>>

let orders = 0
async function orderOf({ context }: User) {
  const once = onceOf(`order ${orders++}`, {})
  const { id } = (await placeSimulatedOrder(scene.services(), context, { success: true, once })).result
  const event = (await eventsOf(scene.services(), id)).at(-1)
  if (!event) throw new Error('An order without events')
  return envelopeOf(event)
}

/** How many of some orders' mails are sent. */
async function sent(user: User, count: number): Promise<number> {
  const mailer = outbox()
  for (let n = 0; n < count; n += 1) await deliver(scene.services(), mailer, await orderOf(user))
  return mailer.sent.length
}

const beginHour = () => world.clock.pass(60 - new Date(world.clock.now()).getUTCMinutes())

describe('an address', () => {
  test('gets so many mails an hour, of which the last fifth are about the account', async () => {
    beginHour()
    const user = await scene.newUser()
    expect(await sent(user, limit + 3)).toBe(8)
    const mails = []
    for (let n = 0; n < 4; n += 1) {
      world.clock.pass(0.1)
      mails.push(...(await scene.mailsOf(await scene.askReset(user.email))))
    }
    expect(mails).toHaveLength(2)
    beginHour()
    expect(await sent(user, 1)).toBe(1)
  })

  test('gets none that was dropped, however often it is delivered', async () => {
    beginHour()
    const user = await scene.newUser()
    await sent(user, 8)
    const envelope = await orderOf(user)
    const mailer = outbox()
    for (let n = 0; n < 3; n += 1) {
      await deliver(scene.services(), mailer, envelope)
      beginHour()
    }
    expect(mailer.sent).toEqual([])
  })

  test('is not charged for mails that the mailer refused', async () => {
    beginHour()
    const user = await scene.newUser()
    const refusing = { send: () => Promise.reject(new Error('no')) }
    for (let n = 0; n < limit; n += 1)
      await expect(deliver(scene.services(), refusing, await orderOf(user))).rejects.toThrow('no')
    expect(await sent(user, 9)).toBe(8)
  })
})
