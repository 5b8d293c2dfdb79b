import { describe, expect, test } from 'vitest'
import type { Mailer } from '#shared/mail/mailer.ts'
import { listOrders } from '#shared/orders/list-orders.ts'
import type { OrderEventType } from '#shared/orders/order.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import { completeOrder, processOrder } from '#shared/orders/system-actions.ts'
import { eraseUser } from '#shared/users/erase-user.ts'
import { createUser } from '#shared/users/registration.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { act, job, operator, simulatedOrder } from '#tests/support/world.ts'
import { customerEmail, deliver, outbox, useMailWorld } from './mail-world.ts'

const scene = useMailWorld()
const { world } = scene

const mailEvent = async (mailer: Mailer, id: string, type?: OrderEventType): Promise<void> =>
  deliver(world.services, mailer, await scene.envelope(id, type))

describe('an event of an order', () => {
  test('is mailed to the owner once, however often it is delivered', async () => {
    const id = await scene.orderTwo(5)
    const mailer = outbox()
    const counts = await scene.counted(async () => {
      for (let n = 0; n < 3; n += 1) await mailEvent(mailer, id)
    })
    const subject = 'Your order PO-0 is reserved'
    expect(mailer.sent).toMatchObject([{ id: `${id}.2`, from: 'orders@holdfast.local', to: customerEmail, subject }])
    expect(counts).toEqual({ 'mails.reserved': 1 })
  })

  test('is mailed with the order as it was then, whatever has happened since', async () => {
    const id = await scene.orderTwo(1)
    const mailer = outbox()
    await act(world.services, operator, id, 'cancel', 'changed our mind')
    await mailEvent(mailer, id, 'order.reservation_failed')
    await mailEvent(mailer, id, 'order.cancelled')
    const [failed, cancelled] = mailer.sent
    expect(failed?.text).toContain('2 ordered, 1 available')
    expect(failed?.text).not.toContain('changed our mind')
    expect(cancelled?.text).toContain('Reason: changed our mind')
    expect(cancelled?.text).not.toContain('1 available')
  })

  test('names the order by its number, which finds the order when it is copied', async () => {
    const id = await scene.orderTwo(5)
    const mailer = outbox()
    await mailEvent(mailer, id)
    const [mail] = mailer.sent
    const [, number = ''] = /^Number: (.+)$/m.exec(mail?.text ?? '') ?? []
    expect(mail?.html).toContain(`Number: <code>${number}</code>`)
    expect(await world.services.store.orders.idOf(number)).toBe(id)
    const { orders } = await listOrders(world.services, scene.customer, { q: number })
    expect(orders.map((order) => order.id)).toEqual([id])
    expect(`${mail?.html}${mail?.text}`).not.toContain(id)
  })

  test('of a simple order is mailed when the job has completed it', async () => {
    const id = await scene.order({ product_name: 'Gift', amount: 10 })
    await processOrder(world.services, job, id)
    await completeOrder(world.services, job, id)
    const mailer = outbox()
    for (const type of ['order.created', 'order.picking_started', 'order.delivered'] as const) {
      await mailEvent(mailer, id, type)
    }
    expect(mailer.sent.map((mail) => mail.id)).toEqual([`${id}.3`])
    expect(mailer.sent[0]?.text).toContain('* Gift\n  1 x USD\u00a010.00 = USD\u00a010.00\n')
  })

  test('that is an unsuccessful retry is not mailed', async () => {
    const id = await scene.orderTwo(0, 'allow')
    await act(world.services, scene.customer, id, 'retry-reservation')
    expect(await scene.envelope(id)).toMatchObject({ type: 'order.retry_failed' })
    const mailer = outbox()
    const counts = await scene.counted(() => mailEvent(mailer, id))
    expect([mailer.sent, counts]).toEqual([[], {}])
  })

  test('is not mailed to an address that the sender cannot write to, and is not claimed', async () => {
    const id = await scene.orderTwo(5)
    const mailer = { ...outbox(), accepts: () => false }
    const counts = await scene.counted(() => mailEvent(mailer, id))
    expect([mailer.sent, counts]).toEqual([[], {}])
    const able = outbox()
    await mailEvent(able, id)
    expect(able.sent).toHaveLength(1)
  })

  test('of a user who no longer exists is not mailed', async () => {
    const { id } = await simulatedOrder(world.services, true)
    const mailer = outbox()
    await mailEvent(mailer, id)
    expect(mailer.sent).toEqual([])
  })

  test('of a person who was erased is not mailed', async () => {
    const request = { email: 'erased@example.com', password: 'a-good-password' }
    const { result } = await createUser(world.services, { request, once: onceOf(request.email, request) })
    const order = { product_name: 'Gift', amount: 1 }
    const erased = contextOf('user', result.id, Number.POSITIVE_INFINITY)
    const placed = await placeOrder(world.services, erased, { request: order, once: onceOf('erased', order) })
    await act(world.services, erased, placed.result.id, 'cancel')
    const cancelled = await scene.envelope(placed.result.id)
    await eraseUser(world.services, contextOf('admin', 'usr_admin', Number.POSITIVE_INFINITY), result.id)
    const mailer = outbox()
    await deliver(world.services, mailer, cancelled)
    expect(mailer.sent).toEqual([])
  })

  test('that is not in the table is an error', async () => {
    const envelope = await scene.envelope(await scene.orderTwo(5))
    const mailer = outbox()
    await expect(deliver(world.services, mailer, { ...envelope, sequence: 9 } as typeof envelope)).rejects.toThrow(
      'has no event 9',
    )
    expect(mailer.sent).toEqual([])
  })
})

describe('a mail', () => {
  test('is sent by only one of several concurrent deliveries', async () => {
    const id = await scene.orderTwo(5)
    const mailer = outbox()
    const counts = await scene.counted(() => Promise.all(Array.from({ length: 8 }, () => mailEvent(mailer, id))))
    expect(mailer.sent).toHaveLength(1)
    expect(counts).toEqual({ 'mails.reserved': 1 })
  })

  test('that the mailer refuses is retried at once by the next delivery', async () => {
    const id = await scene.orderTwo(5)
    const refusing: Mailer = { send: () => Promise.reject(new Error('no')) }
    await expect(mailEvent(refusing, id)).rejects.toThrow('no')
    await expect(mailEvent(refusing, id)).rejects.toThrow('no')
    const mailer = outbox()
    const counts = await scene.counted(() => mailEvent(mailer, id))
    expect([mailer.sent.length, counts]).toEqual([1, { 'mails.reserved': 1 }])
  })

  test('whose sender outlived its lease is sent twice and counted once', async () => {
    const id = await scene.orderTwo(5)
    const quick = outbox()
    const slow = outbox()
    const overtaken: Mailer = {
      send: async (mail) => {
        world.clock.pass(1)
        await mailEvent(quick, id)
        await slow.send(mail)
      },
    }
    const counts = await scene.counted(() => mailEvent(overtaken, id))
    expect([quick.sent.length, slow.sent.length, counts]).toEqual([1, 1, { 'mails.reserved': 1 }])
  })
})
