import { beforeAll, describe, expect, test } from 'vitest'
import type { OrdersQuery } from '#shared/orders/order-filter.ts'
import { expectStatus } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const { customer } = usePeople({ customer: 'user' })
let created: number
beforeAll(async () => {
  const body = { product_name: 'Gift wrapping', amount: 5 }
  created = Date.parse(expectStatus(await customer.createOrder({ body }), 201).created_at)
})

const isListed = async (query: OrdersQuery) =>
  expectStatus(await customer.listOrders({ query }), 200).orders.length === 1

const hour = 3_600_000

/** A moment, written with an offset of some hours. */
const written = (milliseconds: number, hours: number) =>
  new Date(milliseconds + hours * hour)
    .toISOString()
    .replace('Z', `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`)

describe('from and to', () => {
  test.each([0, 2, -8, 14])('mean the same moment at every offset: %i hours', async (hours) => {
    expect(await isListed({ from: written(created, hours) })).toBe(true)
    expect(await isListed({ from: written(created + 1, hours) })).toBe(false)
    expect(await isListed({ to: written(created, hours) })).toBe(false)
    expect(await isListed({ to: written(created + 1, hours) })).toBe(true)
  })

  test('are compared exactly beyond milliseconds, in either case of letters', async () => {
    const exact = new Date(created).toISOString().slice(0, -1)
    for (const [end, isAfter] of [
      ['000Z', false],
      ['000000z', false],
      ['001Z', true],
      ['000000001+00:00', true],
    ] as const) {
      const time = `${exact}${end}`.replace('T', 't')
      expect(await isListed({ from: time }), time).toBe(!isAfter)
      expect(await isListed({ to: time }), time).toBe(isAfter)
    }
  })

  test('may leave out the seconds, and lie outside of the years of four digits', async () => {
    const minute = new Date(created).toISOString().slice(0, 16)
    expect(await isListed({ from: `${minute}Z` })).toBe(true)
    expect(await isListed({ to: `${minute}+00:00` })).toBe(false)
    expect(await isListed({ from: '0000-01-01T00:00:00+14:00', to: '9999-12-31T23:59:59-12:00' })).toBe(true)
    expect(await isListed({ from: '9999-12-31T23:59:59-12:00' })).toBe(false)
  })
})

describe('dates', () => {
  /** The date that a zone's calendar shows, some days later. */
  const dateIn = (timeZone: string, days = 0) =>
    new Intl.DateTimeFormat('sv', { timeZone }).format(created + days * 24 * hour)

  test.each(['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kathmandu', 'europe/berlin'])(
    'mean the days of the zone: %s',
    async (time_zone) => {
      const [yesterday, today, tomorrow] = [dateIn(time_zone, -1), dateIn(time_zone), dateIn(time_zone, 1)]
      expect(await isListed({ from: today, to: tomorrow, time_zone })).toBe(true)
      expect(await isListed({ from: yesterday, to: today, time_zone })).toBe(false)
      expect(await isListed({ from: tomorrow, time_zone })).toBe(false)
    },
  )

  test('are days of UTC where no zone is named, and a zone does not move a time', async () => {
    expect(await isListed({ from: dateIn('UTC'), to: dateIn('UTC', 1) })).toBe(true)
    const from = new Date(created).toISOString()
    expect(await isListed({ from, time_zone: 'Asia/Tokyo' })).toBe(true)
    expect(await isListed({ to: from, time_zone: 'Asia/Tokyo' })).toBe(false)
  })
})

test('as_of takes every offset and precision, too', async () => {
  const [order] = expectStatus(await customer.listOrders(), 200).orders
  const read = (as_of: string) => customer.getOrder({ params: { id: order?.id ?? '' }, query: { as_of } })
  const before = new Date(created - 1).toISOString().replace('Z', '999999Z')
  expect((await read(written(created, 5))).status).toBe(200)
  expect((await read(before)).status).toBe(404)
})
