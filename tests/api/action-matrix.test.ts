import { describe, expect, inject, test } from 'vitest'
import type { OrderView } from '#shared/orders/order.ts'
import {
  allowedTo,
  type CallerName,
  type Cell,
  callers,
  cells,
  expected,
  expectedStock,
  type Place,
  places,
} from '#tests/support/matrix.ts'
import { expectStatus } from '#tests/support/people.ts'
import { snapshot, stockOf } from '#tests/support/snapshot.ts'
import { act, orderedUnits, placeOrderAt } from './placed-orders.ts'
import { usePeople, useProgram } from './use-people.ts'

const baseUrl = inject('baseUrl')
const people = {
  ...usePeople({ owner: 'user', stranger: 'user', operator: 'operator', builder: 'admin' }),
  integration: useProgram('integration'),
}

const cellsThat = (place: Place, isAccepted: boolean) =>
  cells
    .flatMap((cell) => callers.map((caller) => ({ cell, caller, answer: expected(place, cell, caller) })))
    .filter(({ answer }) => (answer.status === 200) === isAccepted)

const named = (cell: Cell, caller: CallerName) =>
  `${caller}: ${cell.method} ${cell.action} ${JSON.stringify(cell.body)}`

const skusOf = ({ sku }: { sku?: string }): string[] => (sku === undefined ? [] : [sku])

describe.each(places)('an order ($kind) that is $status', (place: Place) => {
  test('refuses what the documents forbid, and stays as it is', async () => {
    const order = await placeOrderAt(place, people)
    const before = await snapshot(people.admin, order.id, skusOf(order))
    for (const { cell, caller, answer: wanted } of cellsThat(place, false)) {
      const name = named(cell, caller)
      const answer = await act(baseUrl, people[caller], order.id, cell)
      expect({ name, ...answer }).toMatchObject({ name, status: wanted.status, body: wanted })
      if (answer.status === 409) {
        const { allowed_actions: allowed, ...facts } = answer.body as { allowed_actions: string[] }
        expect(facts, name).toMatchObject({ from: place.status, action: cell.action })
        expect(allowed.toSorted(), name).toEqual(allowedTo(place, caller))
      }
    }
    // Events and ledger only grow: one check at the end finds the effects of any request.
    expect(await snapshot(people.admin, order.id, skusOf(order))).toEqual(before)
  })

  test('shows every caller the actions they may take', async () => {
    const order = await placeOrderAt(place, people)
    for (const caller of ['owner', 'operator', 'admin', 'integration'] as const) {
      const { allowed_actions: allowed } = expectStatus(
        await people[caller].getOrder({ params: { id: order.id } }),
        200,
      )
      expect(allowed.toSorted(), caller).toEqual(allowedTo(place, caller))
    }
  })
})

const open = places.filter((place) => cellsThat(place, true).length > 0)

describe.each(open)('an order ($kind) that is $status', (place: Place) => {
  test('accepts what the documents allow, and moves the stock they name', async () => {
    for (const { cell, caller, answer: wanted } of cellsThat(place, true)) {
      const name = named(cell, caller)
      const order = await placeOrderAt(place, people)
      const { status, body } = await act(baseUrl, people[caller], order.id, cell)
      const to = wanted.status === 200 ? wanted.to : place.status
      expect({ name, status, body }).toMatchObject({ name, status: 200, body: { id: order.id, status: to } })
      const { allowed_actions: allowed } = body as OrderView
      expect(allowed.toSorted(), name).toEqual(allowedTo({ ...place, status: to }, caller))
      const counters = expectedStock(to, order.received, orderedUnits)
      for (const sku of skusOf(order)) expect(await stockOf(people.admin, sku), name).toMatchObject(counters)
    }
  })
})
