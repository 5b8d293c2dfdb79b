import { randomUUID } from 'node:crypto'
import type { OrderStatus } from '#shared/orders/order.ts'
import { expectStatus, newPerson, newProduct, newSku, type Person, signIn } from '#tests/support/people.ts'
import type { Answer, Provocations } from './error-provocations.ts'
import { placeOrderAt } from './placed-orders.ts'

/** Orders. @param closed a stack whose simulated orders are switched off, whose orders have ten events at most, and whose
 * users have five units */
export function orderProvocations(admin: Person, closed: { baseUrl: string; adminPassword: string }): Provocations {
  const lines = (...skus: string[]) => ({ lines: skus.map((sku) => ({ sku, quantity: 1 })) })
  const tooMany = () => lines(...Array.from({ length: 41 }, newSku))
  const refusedAt = (status: OrderStatus, act: (input: { params: { id: string } }) => Promise<Answer>) => ({
    invalid_transition: async () => {
      const { id } = await placeOrderAt({ kind: 'stock', status }, { owner: admin, builder: admin })
      return act({ params: { id } })
    },
  })
  /** An order that waits for stock, with as many events as it may have. */
  const changedOften = async () => {
    const person = await signIn(closed.baseUrl, 'admin', closed.adminPassword)
    const { id } = expectStatus(await person.createOrder({ body: lines(await newProduct(person)) }), 201)
    for (let n = 0; n < 8; n += 1) {
      expectStatus(await person.updateOrder({ params: { id }, body: { note: `Note ${n}` } }), 200)
    }
    return { person, params: { id } }
  }
  const orderBeyondLimit = async () => {
    const staff = await signIn(closed.baseUrl, 'admin', closed.adminPassword)
    const order = { lines: [{ sku: await newProduct(staff), quantity: 6 }] }
    return { person: await newPerson(closed.baseUrl, staff), order }
  }
  const discontinued = async () => {
    const sku = await newProduct(admin)
    expectStatus(await admin.updateProduct({ params: { sku }, body: { discontinued: true } }), 200)
    return sku
  }
  return {
    createOrder: {
      unknown_sku: () => admin.createOrder({ body: lines(newSku()) }),
      product_discontinued: async () => admin.createOrder({ body: lines(await discontinued()) }),
      too_many_lines: () => admin.createOrder({ body: tooMany() }),
      mixed_currencies: async () =>
        admin.createOrder({ body: lines(await newProduct(admin), await newProduct(admin, { currency: 'EUR' })) }),
      reference_taken: async () => {
        const body = { ...lines(await newProduct(admin)), reference: randomUUID() }
        expectStatus(await admin.createOrder({ body }), 201)
        return admin.createOrder({ body })
      },
      unit_limit_reached: async () => {
        const { person, order } = await orderBeyondLimit()
        return person.createOrder({ body: order })
      },
    },
    createSimulatedOrder: {
      not_found: async () => {
        const other = await signIn(closed.baseUrl, 'admin', closed.adminPassword)
        return other.createSimulatedOrder({ body: { success: true } })
      },
    },
    listOrders: {
      forbidden: async () => {
        const person = await newPerson(closed.baseUrl, await signIn(closed.baseUrl, 'admin', closed.adminPassword))
        return person.listOrders({ query: { user_id: person.id } })
      },
    },
    simulateReservation: {
      unknown_sku: () => admin.simulateReservation({ body: lines(newSku()) }),
      product_discontinued: async () => admin.simulateReservation({ body: lines(await discontinued()) }),
      too_many_lines: () => admin.simulateReservation({ body: tooMany() }),
    },
    reserveOrder: {
      ...refusedAt('CANCELLED', admin.reserveOrder),
      unit_limit_reached: async () => {
        const { person, order } = await orderBeyondLimit()
        const { id } = expectStatus(await person.createOrder({ body: { ...order, reserve: false } }), 201)
        return person.reserveOrder({ params: { id } })
      },
    },
    retryReservation: {
      ...refusedAt('CANCELLED', admin.retryReservation),
      too_many_changes: async () => {
        const { person, params } = await changedOften()
        return person.retryReservation({ params })
      },
    },
    updateOrder: {
      too_many_changes: async () => {
        const { person, params } = await changedOften()
        return person.updateOrder({ params, body: { note: 'One more' } })
      },
    },
    startPick: refusedAt('CANCELLED', admin.startPick),
    confirmPick: refusedAt('CANCELLED', admin.confirmPick),
    shipOrder: refusedAt('CANCELLED', admin.shipOrder),
    deliverOrder: refusedAt('CANCELLED', admin.deliverOrder),
    cancelOrder: refusedAt('DELIVERED', admin.cancelOrder),
  }
}
