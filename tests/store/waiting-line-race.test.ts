import { expect, test } from 'vitest'
import { serveWaiting } from '#shared/orders/waiting-line.ts'
import type { Services } from '#shared/runtime/services.ts'
import { act, addStock, newProduct, order, overtaken, owner, stored, useWorld, workflow } from '#tests/support/world.ts'

const world = useWorld()

/** The same services, but something happens when a try has found too little, before the line goes on. */
function afterFirstShortage(services: Services, meanwhile: () => Promise<unknown>): Services {
  const { store } = services
  let isFirst = true
  const joined: typeof store.waitingLine.joined = async (...asked) => {
    if (isFirst) {
      isFirst = false
      await meanwhile()
    }
    return store.waitingLine.joined(...asked)
  }
  return { ...services, store: { ...store, waitingLine: { ...store.waitingLine, joined } } }
}

test('an order that just found too little comes before a younger one when stock arrives at that moment', async () => {
  const { services } = world
  const sku = await newProduct(services, 0)
  const older = await order(services, { lines: [{ sku, quantity: 2 }] })
  world.clock.pass(1)
  const younger = await order(services, { lines: [{ sku, quantity: 1 }] })
  await addStock(services, sku, 2)

  let barging = ''
  const bargedInto = overtaken(services, async () => {
    barging = (await order(services, { lines: [{ sku, quantity: 1 }] })).id
  })
  await serveWaiting(
    afterFirstShortage(bargedInto, () => act(services, owner, barging, 'cancel')),
    workflow,
    sku,
  )
  expect((await stored(services, older.id)).status).toBe('RESERVED')
  expect((await stored(services, younger.id)).status).toBe('FAILED_RESERVATION')
})
