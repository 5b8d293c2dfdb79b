import { beforeAll } from 'vitest'
import type { Counts } from '#shared/events/counts.ts'
import { type Envelope, envelopeOf } from '#shared/events/event.ts'
import type { Mail, Mailer } from '#shared/mail/mailer.ts'
import { sendMail } from '#shared/mail/send-mail.ts'
import type { OrderEventType } from '#shared/orders/order.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { withEmail } from '#shared/users/email-address.ts'
import { createUser } from '#shared/users/registration.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { templateFiles } from '#tests/support/sample-mails.ts'
import { eventsOf, newProduct, useWorld } from '#tests/support/world.ts'

export const customerEmail = 'jo@example.com'

/** A world with a customer who has an e-mail address. */
export function useMailWorld() {
  const world = useWorld()
  const request = { email: customerEmail, name: 'Jo', password: 'a-good-password' }
  let customer: CallerContext
  beforeAll(async () => {
    const { result } = await createUser(world.services, { request, once: onceOf(request.email, request) })
    customer = contextOf('user', result.id, Number.POSITIVE_INFINITY)
    await verify(world.services, result.id)
  })
  let orders = 0
  const order = async (ordered: Parameters<typeof placeOrder>[2]['request']): Promise<string> => {
    const once = onceOf(`mailed order ${orders++}`, ordered)
    return (await placeOrder(world.services, customer, { request: ordered, once })).result.id
  }
  return {
    world,
    get customer() {
      return customer
    },
    /** @returns the order's id */
    order,
    /** Places an order of two units, of a product with so much stock. */
    async orderTwo(stock: number, backorder: 'allow' | 'deny' = 'deny'): Promise<string> {
      const sku = await newProduct(world.services, stock, backorder)
      return order({ lines: [{ sku, quantity: 2 }], reference: `PO-${orders}` })
    },
    /** The envelope of an order's last event, or of the last one of a type. */
    async envelope(id: string, type?: OrderEventType): Promise<Envelope> {
      const event = (await eventsOf(world.services, id)).findLast((one) => type === undefined || one.type === type)
      if (!event) throw new Error(`There is no ${type}`)
      return envelopeOf(event)
    },
    /** How much the counters of mails grew. */
    async counted(work: () => Promise<unknown>): Promise<Counts> {
      const read = () => world.services.store.counters.read(1)
      const before = await read()
      await work()
      return Object.fromEntries(
        Object.entries(await read()).flatMap(([name, number]) => {
          const growth = number - (before[name] ?? 0)
          return name.startsWith('mails.') && growth !== 0 ? [[name, growth]] : []
        }),
      )
    },
  }
}

/** Writes that a user has verified their address. */
export async function verify({ store, clock }: Services, id: string): Promise<void> {
  const user = await store.users.get(id)
  if (!user) throw new Error(`There is no user ${id}`)
  await store.transact([store.users.replace(user, { ...withEmail(user, user.email, isoTime(clock.now())) })])
}

/** Remembers what was sent. */
export function outbox(): Mailer & { sent: Mail[] } {
  const sent: Mail[] = []
  return {
    sent,
    send: async (mail) => {
      sent.push(mail)
    },
  }
}

export const deliver = (services: Services, mailer: Mailer, envelope: Envelope): Promise<void> =>
  sendMail(services, { mailer, templates: templateFiles }, envelope)
