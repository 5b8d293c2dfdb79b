import type { OrderStatus } from '#shared/orders/order.ts'
import { expectStatus, newPerson, newProduct, type Person } from '#tests/support/people.ts'
import { placeOrderAt } from './placed-orders.ts'

type Headers = Record<string, string>
export interface Reply {
  status: number
  body: unknown
  headers: globalThis.Headers
}

/** A new resource: its version, how it is read, and one change that can be made once. */
export interface Changeable {
  version: number
  change(headers: Headers): Promise<Reply>
  /** The version it has now. */
  now(): Promise<number>
}

/** By operation: what it changes. */
export function changeables(baseUrl: string, admin: Person): Record<string, () => Promise<Changeable>> {
  const order =
    (status: OrderStatus, send: (input: { params: { id: string }; headers: Headers }) => Promise<Reply>) =>
    async () => {
      const params = { id: (await placeOrderAt({ kind: 'stock', status }, { owner: admin, builder: admin })).id }
      const now = async () => expectStatus(await admin.getOrder({ params }), 200).version
      return { version: await now(), now, change: (headers: Headers) => send({ params, headers }) }
    }
  return {
    updateUser: async () => {
      const params = { id: (await newPerson(baseUrl, admin)).id }
      const now = async () => expectStatus(await admin.getUser({ params }), 200).version
      const change = (headers: Headers) => admin.updateUser({ params, headers, body: { name: 'Changed' } })
      return { version: await now(), now, change }
    },
    updateProduct: async () => {
      const params = { sku: await newProduct(admin) }
      const now = async () => expectStatus(await admin.getProduct({ params }), 200).version
      const change = (headers: Headers) => admin.updateProduct({ params, headers, body: { name: 'Changed' } })
      return { version: await now(), now, change }
    },
    updateWarehouse: async () => {
      const { id, version } = expectStatus(await admin.createWarehouse({ body: { name: 'New', priority: 999 } }), 201)
      const now = async () => {
        // No route reads a single one; a change without effect returns it.
        const same = await admin.updateWarehouse({ params: { id }, body: { priority: 999 } })
        return expectStatus(same, 200).version
      }
      const change = (headers: Headers) => admin.updateWarehouse({ params: { id }, headers, body: { name: 'Changed' } })
      return { version, now, change }
    },
    updateOrder: order('NEW', (input) => admin.updateOrder({ ...input, body: { note: 'Changed' } })),
    reserveOrder: order('NEW', admin.reserveOrder),
    retryReservation: order('FAILED_RESERVATION', admin.retryReservation),
    startPick: order('RESERVED', admin.startPick),
    confirmPick: order('PICKING', admin.confirmPick),
    shipOrder: order('PICKED', admin.shipOrder),
    deliverOrder: order('SHIPPED', admin.deliverOrder),
    cancelOrder: order('RESERVED', admin.cancelOrder),
  }
}

/** By operation: a read that has a version, with one change that makes the next one. */
export function readables(
  baseUrl: string,
  admin: Person,
): Record<string, () => Promise<{ read(headers: Headers): Promise<Reply>; change(): Promise<Reply> }>> {
  return {
    getMe: async () => {
      const person = await newPerson(baseUrl, admin)
      const params = { id: person.id }
      return {
        read: (headers) => person.getMe({ headers }),
        change: () => admin.updateUser({ params, body: { name: 'Changed' } }),
      }
    },
    getUser: async () => {
      const params = { id: (await newPerson(baseUrl, admin)).id }
      return {
        read: (headers) => admin.getUser({ params, headers }),
        change: () => admin.updateUser({ params, body: { name: 'Changed' } }),
      }
    },
    getProduct: async () => {
      const params = { sku: await newProduct(admin) }
      return {
        read: (headers) => admin.getProduct({ params, headers }),
        change: () => admin.updateProduct({ params, body: { unit_price: 1 } }),
      }
    },
    getStock: async () => {
      const params = { sku: await newProduct(admin, { stock: 5 }) }
      return {
        read: (headers) => admin.getStock({ params, headers }),
        change: () => admin.createOrder({ body: { lines: [{ sku: params.sku, quantity: 1 }] } }),
      }
    },
    getOrder: async () => {
      const place = { kind: 'stock', status: 'RESERVED' } as const
      const params = { id: (await placeOrderAt(place, { owner: admin, builder: admin })).id }
      return {
        read: (headers) => admin.getOrder({ params, headers }),
        change: () => admin.startPick({ params }),
      }
    },
  }
}
