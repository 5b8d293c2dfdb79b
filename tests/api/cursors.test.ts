import { beforeAll, describe, expect, inject, test } from 'vitest'
import * as z from 'zod/mini'
import { Problem } from '#shared/api/problem.ts'
import { PageInfo } from '#shared/requests/paging.ts'
import { expectStatus, newProduct, type Person } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, customer } = usePeople({ customer: 'user' })
let sku: string
beforeAll(async () => {
  sku = await newProduct(admin, { stock: 10, stock_buckets: 2 })
})

async function bodyOf(path: string, { tokens }: Person): Promise<unknown> {
  const headers = { Authorization: `Bearer ${tokens.access_token}` }
  return (await fetch(`${baseUrl}${path}`, { headers })).json()
}

/** Status and code of a refusal. */
async function answerTo(path: string, as: Person): Promise<string> {
  const { status, code } = Problem.parse(await bodyOf(path, as))
  return `${status} ${code}`
}

describe('a cursor', () => {
  async function newOrders(person: Person): Promise<string[]> {
    const body = { lines: [{ sku, quantity: 1 }] }
    const replies = [await person.createOrder({ body }), await person.createOrder({ body })]
    return replies.map((reply) => expectStatus(reply, 201).id)
  }

  async function cursorOf(path: string, as: Person): Promise<string> {
    const { next_cursor } = z.object({ page: PageInfo }).parse(await bodyOf(`${path}?limit=1`, as)).page
    return next_cursor ?? expect.fail(`${path} has one page only`)
  }

  test('works only for its list and its caller, and only unmodified', async () => {
    const [orders, other] = [await newOrders(customer), await newOrders(admin)]
    await newProduct(admin)
    const sources: [string, Person][] = [
      ['/orders', customer],
      ['/orders', admin],
      [`/orders/${orders[0]}/events`, customer],
      [`/orders/${other[0]}/events`, admin],
      ['/products', customer],
      ['/products', admin],
      ['/stock', admin],
      [`/stock/${sku}/movements`, admin],
    ]
    const cursors = await Promise.all(sources.map(([path, as]) => cursorOf(path, as)))
    for (const [path, as] of sources) {
      for (const [n, cursor] of cursors.entries()) {
        if (sources[n]?.[0] === path && sources[n]?.[1] === as) continue
        expect(await answerTo(`${path}?cursor=${cursor}`, as)).toBe('400 invalid_cursor')
      }
    }
    const [own = ''] = cursors
    for (const cursor of [own.slice(0, -1), own.slice(1), `A${own.slice(1)}B`, `${own}A`]) {
      expect(await answerTo(`/orders?cursor=${cursor}`, customer)).toBe('400 invalid_cursor')
    }
    const pages = [
      await customer.listOrders({ query: { limit: 1 } }),
      await customer.listOrders({ query: { cursor: own } }),
    ]
    const listed = pages.flatMap((page) => expectStatus(page, 200).orders.map(({ id }) => id))
    expect(listed.sort()).toEqual([...orders].sort())
  })
})
