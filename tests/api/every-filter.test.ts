import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import type { OrdersQuery } from '#shared/orders/order-filter.ts'
import type { ProductsQuery } from '#shared/products/product.ts'
import type { PageQuery } from '#shared/requests/paging.ts'
import type { MovementsQuery } from '#shared/stock/list-movements.ts'
import type { UsersQuery } from '#shared/users/user.ts'
import { expectStatus, newKey, newPerson, newProduct, type Person, signInAdmin } from '#tests/support/people.ts'

/** A value for every filter of a list that no element matches: the compiler names the filter that is missing. */
type Unmatched<Query extends PageQuery> = Required<Omit<Query, keyof PageQuery | 'sort' | 'time_zone'>>

const unknownId = '0'.repeat(52)
const text = randomUUID()

const ofOrders: Unmatched<OrdersQuery> = {
  status: 'DELIVERED',
  phase: 'completed',
  from: '2100-01-01T00:00:00Z',
  to: '2000-01-01T00:00:00Z',
  sku: text,
  reference: text,
  user_id: `usr_${unknownId}`,
  q: text,
}
const ofMovements: Unmatched<MovementsQuery> = { order_id: `ord_${unknownId}`, kind: 'ship' }
const ofProducts: Unmatched<ProductsQuery> = { q: text }
const ofUsers: Pick<Unmatched<UsersQuery>, 'q'> = { q: text }

const filtersOf = (unmatched: object) => Object.entries(unmatched).map(([name, value]) => [name, { [name]: value }])

let admin: Person
let customer: Person
let sku: string
beforeAll(async () => {
  admin = await signInAdmin(inject('baseUrl'), inject('adminPassword'))
  customer = await newPerson(inject('baseUrl'), admin)
  sku = await newProduct(admin, { stock: 5 })
  expectStatus(await customer.createOrder({ body: { lines: [{ sku, quantity: 1 }] }, headers: newKey() }), 201)
})

describe('every filter of a list is applied', () => {
  test.each(filtersOf(ofOrders))('orders by %s', async (name, query) => {
    const reader = name === 'user_id' ? admin : customer
    expect(expectStatus(await reader.listOrders({ query: query as OrdersQuery }), 200).orders).toEqual([])
  })

  test.each(filtersOf(ofMovements))('movements by %s', async (_name, query) => {
    const { movements } = expectStatus(
      await admin.listMovements({ params: { sku }, query: query as MovementsQuery }),
      200,
    )
    expect(movements).toEqual([])
  })

  test.each(filtersOf(ofProducts))('products by %s', async (_name, query) => {
    expect(expectStatus(await customer.listProducts({ query: query as ProductsQuery }), 200).products).toEqual([])
  })

  test.each(filtersOf(ofUsers))('users by %s', async (_name, query) => {
    expect(expectStatus(await admin.listUsers({ query: query as UsersQuery }), 200).users).toEqual([])
  })
})
