import { describe, expect, test } from 'vitest'
import { changeNote } from '#shared/orders/change-note.ts'
import { readOrder } from '#shared/orders/read-orders.ts'
import { act, newProduct, operator, order, owner, useWorld } from '#tests/support/world.ts'

const world = useWorld()
const limit = 10

/** A reserved order with as many events as it may have. */
async function withNotes(): Promise<string> {
  const sku = await newProduct(world.services, 1)
  const { id } = await order(world.services, { lines: [{ sku, quantity: 1 }] })
  for (let n = 2; n < limit; n += 1) await changeNote(world.services, owner, { id, note: `Note ${n}` })
  return id
}

describe('an order that has as many events as it may', () => {
  const bounded = () => ({ ...world.services, config: { ...world.services.config, EVENTS_PER_ORDER: limit } })
  const refused = { code: 'too_many_changes' }

  test('takes no further note, from anyone', async () => {
    const id = await withNotes()
    for (const person of [owner, operator]) {
      await expect(changeNote(bounded(), person, { id, note: 'one more' })).rejects.toMatchObject(refused)
    }
    const { note } = await readOrder(world.services, owner, { id })
    expect(await changeNote(bounded(), owner, { id, note: note ?? '' })).toMatchObject({ note })
  })

  test('can still be handed on and cancelled', async () => {
    const id = await withNotes()
    expect(await act(bounded(), operator, id, 'start-pick')).toMatchObject({ status: 'PICKING' })
    expect(await act(bounded(), operator, id, 'cancel', 'Too late')).toMatchObject({ status: 'CANCELLED' })
  })

  test('is not tried again for a person', async () => {
    const sku = await newProduct(world.services, 0)
    const { id } = await order(world.services, { lines: [{ sku, quantity: 1 }] })
    for (let n = 2; n < limit; n += 1) await act(bounded(), owner, id, 'retry-reservation')
    await expect(act(bounded(), owner, id, 'retry-reservation')).rejects.toMatchObject(refused)
  })
})
