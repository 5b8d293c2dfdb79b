import { describe, expect, test } from 'vitest'
import { placeOrder } from '#shared/orders/place-order.ts'
import { serveWaiting } from '#shared/orders/waiting-line.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import type { Config } from '#shared/runtime/config.ts'
import type { Services } from '#shared/runtime/services.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { act, addStock, newProduct, operator, stockOf, stored, useWorld, workflow } from '#tests/support/world.ts'

const world = useWorld()
const limit = 10
const configured = (change: Partial<Config>): Services => ({
  ...world.services,
  config: { ...world.services.config, ...change },
})
const limited = () => configured({ UNITS_PER_USER: limit })
const tooMany = { code: 'unit_limit_reached', extras: { limit } }

let names = 0
const newUser = (): CallerContext => contextOf('user', `usr_holder${names++}`, Number.POSITIVE_INFINITY)

interface Asked {
  quantity: number
  reserve?: boolean
  key?: string
}
async function place(services: Services, person: CallerContext, sku: string, { quantity, reserve, key }: Asked) {
  const request = { lines: [{ sku, quantity }], ...(reserve === undefined ? {} : { reserve }) }
  const once = onceOf(key ?? `held-${names++}`, request)
  return (await placeOrder(services, person, { request, once })).result
}

describe('the units of a plain user', () => {
  test('are limited over all open orders, and an order that is refused takes nothing', async () => {
    const sku = await newProduct(world.services, 100)
    const person = newUser()
    await place(limited(), person, sku, { quantity: 6 })
    await place(limited(), person, sku, { quantity: 4 })
    await expect(place(limited(), person, sku, { quantity: 1 })).rejects.toMatchObject(tooMany)
    await expect(place(limited(), newUser(), sku, { quantity: limit + 1 })).rejects.toMatchObject(tooMany)
    expect(await stockOf(world.services, sku)).toMatchObject({ reserved: limit })
    await place(limited(), newUser(), sku, { quantity: limit })
  })

  test('are limited also when many orders come at once', async () => {
    const sku = await newProduct(world.services, 100)
    const person = newUser()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, () => place(limited(), person, sku, { quantity: 1 })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(limit)
    expect(await stockOf(world.services, sku)).toMatchObject({ reserved: limit })
  })

  test('count while they wait for stock, so that stock that comes never exceeds the limit', async () => {
    const sku = await newProduct(world.services, 0)
    const person = newUser()
    const { id, status } = await place(limited(), person, sku, { quantity: limit })
    expect(status).toBe('FAILED_RESERVATION')
    await expect(place(limited(), person, sku, { quantity: 1 })).rejects.toMatchObject(tooMany)
    await addStock(world.services, sku, 100)
    await serveWaiting(limited(), workflow, sku)
    expect(await stored(world.services, id)).toMatchObject({ status: 'RESERVED' })
    await expect(place(limited(), person, sku, { quantity: 1 })).rejects.toMatchObject(tooMany)
  })

  test.each([
    ['cancelled', async (id: string, person: CallerContext) => act(limited(), person, id, 'cancel')],
    [
      'shipped',
      async (id: string) => {
        for (const action of ['start-pick', 'confirm-pick', 'ship'] as const) await act(limited(), operator, id, action)
      },
    ],
  ])('are free again when their order is %s', async (_, end) => {
    const sku = await newProduct(world.services, 100)
    const person = newUser()
    const { id } = await place(limited(), person, sku, { quantity: limit })
    await end(id, person)
    await place(limited(), person, sku, { quantity: limit })
    await expect(place(limited(), person, sku, { quantity: 1 })).rejects.toMatchObject(tooMany)
  })

  test('count from the moment they are reserved', async () => {
    const sku = await newProduct(world.services, 100)
    const person = newUser()
    const later = await place(limited(), person, sku, { quantity: limit, reserve: false })
    await place(limited(), person, sku, { quantity: 1 })
    await expect(act(limited(), person, later.id, 'reserve')).rejects.toMatchObject(tooMany)
    expect(await stored(world.services, later.id)).toMatchObject({ status: 'NEW' })
  })

  test('of orders from before there was a limit are not given back twice', async () => {
    const sku = await newProduct(world.services, 100)
    const person = newUser()
    const before = await place(world.services, person, sku, { quantity: 50 })
    await place(limited(), person, sku, { quantity: limit })
    await act(limited(), person, before.id, 'cancel')
    await expect(place(limited(), person, sku, { quantity: 1 })).rejects.toMatchObject(tooMany)
  })

  test('do not refuse the repeat of an order that was served', async () => {
    const sku = await newProduct(world.services, 100)
    const person = newUser()
    const first = await place(limited(), person, sku, { quantity: limit, key: 'served' })
    expect((await place(limited(), person, sku, { quantity: limit, key: 'served' })).id).toBe(first.id)
    const lower = configured({ UNITS_PER_USER: 1 })
    expect((await place(lower, person, sku, { quantity: limit, key: 'served' })).id).toBe(first.id)
  })

  test('of staff are not limited', async () => {
    const sku = await newProduct(world.services, 100)
    await place(limited(), operator, sku, { quantity: limit + 1 })
  })
})

describe('the longest reservation of plain users', () => {
  const services = () => configured({ USER_RESERVATION_MINUTES: 60 })
  const inMinutes = (minutes: number) => new Date(world.clock.now() + minutes * 60_000).toISOString()
  const placeFor = async (person: CallerContext, minutes: number | undefined) => {
    const sku = await newProduct(world.services, 100)
    const asked = minutes === undefined ? {} : { reserve_for_minutes: minutes }
    const request = { lines: [{ sku, quantity: 1 }], ...asked }
    return (await placeOrder(services(), person, { request, once: onceOf(`held-${names++}`, request) })).result
  }

  test('ends those that ask for no time, and those that are reserved later', async () => {
    expect(await placeFor(newUser(), undefined)).toMatchObject({ reserved_until: inMinutes(60) })
    const person = newUser()
    const sku = await newProduct(world.services, 100)
    const { id } = await place(services(), person, sku, { quantity: 1, reserve: false })
    expect(await act(services(), person, id, 'reserve')).toMatchObject({ reserved_until: inMinutes(60) })
  })

  test('leaves shorter ones alone and refuses longer ones', async () => {
    expect(await placeFor(newUser(), 5)).toMatchObject({ reserved_until: inMinutes(5) })
    const errors = [{ pointer: '#/reserve_for_minutes' }]
    await expect(placeFor(newUser(), 61)).rejects.toMatchObject({ code: 'validation_failed', extras: { errors } })
  })

  test('does not hold for staff', async () => {
    expect(await placeFor(operator, 100)).toMatchObject({ reserved_until: inMinutes(100) })
    expect((await placeFor(operator, undefined)).reserved_until).toBeUndefined()
  })
})
