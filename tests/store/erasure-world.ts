import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { erase } from '#shared/jobs/erase.ts'
import { drainMilliseconds } from '#shared/jobs/migrate.ts'
import { changeNote } from '#shared/orders/change-note.ts'
import { foldEvents } from '#shared/orders/history.ts'
import { Order } from '#shared/orders/order.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import type { CallerContext, Role } from '#shared/requests/caller.ts'
import { eraseUser } from '#shared/users/erase-user.ts'
import { createUser } from '#shared/users/registration.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { scanTable } from '#tests/support/invariants.ts'
import { act, eventsOf, newProduct, stored, useWorld } from '#tests/support/world.ts'

/** Someone who has an account. */
interface Someone {
  /** A text that is in everything they enter. */
  mark: string
  email: string
  context: CallerContext
}

const ship_to = (mark: string) => ({ name: mark, line1: mark, city: mark, postal_code: mark, country: 'DE' })

/** A world with people who enter personal data wherever they can, and who are erased. */
export function useErasures() {
  const world = useWorld()
  const runOf = (milliseconds: number) => ({ requestId: 'job-run', deadline: world.clock.now() + milliseconds })
  const longRun = () => runOf(1_000_000)
  const history = (id: string) => eventsOf(world.services, id)
  return {
    world,
    /** What a run of the job is handed that may take so long. */
    runOf,
    longRun,

    async signedUp(role: Role): Promise<Someone> {
      const mark = `m${randomUUID().slice(0, 12)}`
      const email = `${mark}@example.com`
      const request = { email, username: mark, name: mark, password: `password of ${mark}`, role }
      const { result } = await createUser(world.services, { request, once: onceOf(mark, request) })
      return { mark, email, context: contextOf(role, result.id, Number.POSITIVE_INFINITY) }
    },

    /** An order with personal data in every place that takes some. */
    async ordered({ mark, context }: Someone, n = 0): Promise<string> {
      const sku = await newProduct(world.services, 5)
      const request = { lines: [{ sku, quantity: 1 }], ship_to: ship_to(mark), reference: `${mark} ${n}`, note: mark }
      const { result } = await placeOrder(world.services, context, { request, once: onceOf(`${mark} ${n}`, request) })
      await changeNote(world.services, context, { id: result.id, note: `${mark} again` })
      await act(world.services, context, result.id, 'cancel', `${mark} says no`)
      return result.id
    },

    eraseAs: (admin: Someone, { context }: Someone, services = world.services) =>
      eraseUser(services, admin.context, context.caller.id),

    /** What the table still holds of a person, whatever the type of item. */
    async traces({ mark }: Someone): Promise<string[]> {
      const items = await scanTable(world.endpoint)
      return items.filter((item) => JSON.stringify(item).includes(mark)).map(({ pk, sk }) => `${pk} ${sk}`)
    },

    /** An order is the fold of its events, at any moment. */
    async expectFolded(id: string): Promise<void> {
      expect(foldEvents(await history(id))).toEqual(Order.parse(await stored(world.services, id)))
    },

    /** How often an order was erased. */
    erasures: async (id: string) => (await history(id)).filter(({ type }) => type === 'order.erased').length,

    /** Finishes what is pending. */
    async drained(): Promise<void> {
      world.clock.time += drainMilliseconds
      expect(await erase(world.services, longRun())).toMatchObject({ finished: true })
    },
  }
}
