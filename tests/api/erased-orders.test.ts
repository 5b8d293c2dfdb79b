import { describe, expect, inject, test } from 'vitest'
import { expectStatus, newKey, newPerson, newProduct, type Person } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')

const { admin, operator } = usePeople({ operator: 'operator' })
const erase = async ({ id }: { id: string }) => expectStatus(await admin.eraseUser({ params: { id } }), 204)

/** Texts that only this person would write, by what they are. */
const texts = {
  name: 'Ada Lovelace',
  line1: '12 St James Square',
  note: 'Leave it with Mrs Somerville',
  second: 'Ring at Babbage next door',
  reason: 'Byron has died',
  reference: 'ADA-1843',
}
const ship_to = { name: texts.name, line1: texts.line1, city: 'London', postal_code: 'SW1Y 4JH', country: 'GB' }

async function ordered(person: Person) {
  const sku = await newProduct(admin, { stock: 5 })
  const body = { lines: [{ sku, quantity: 2 }], ship_to, note: texts.note, reference: texts.reference }
  const { id } = expectStatus(await person.createOrder({ body, headers: newKey() }), 201)
  expectStatus(await person.updateOrder({ params: { id }, body: { note: texts.second } }), 200)
  return { id, sku }
}

const read = async (id: string) => expectStatus(await admin.getOrder({ params: { id } }), 200)
const eventsOf = async (id: string) => expectStatus(await admin.listOrderEvents({ params: { id } }), 200).events

function expectNoTexts(body: unknown): void {
  for (const text of Object.values(texts)) expect(JSON.stringify(body)).not.toContain(text)
}

describe('an order of a person who was erased', () => {
  test('keeps what was ordered and its history, without what they wrote', async () => {
    const person = await newPerson(baseUrl, admin)
    const { id } = await ordered(person)
    const before = await read(id)
    const history = await eventsOf(id)
    await erase(person)
    const after = await read(id)
    expectNoTexts(after)
    const { ship_to: _to, note: _note, reference: _reference, ...kept } = before
    expect(after).toEqual({ ...kept, version: before.version + 1, updated_at: after.updated_at })
    const events = await eventsOf(id)
    expectNoTexts(events)
    expect(events.map(({ type }) => type)).toEqual([
      'order.created',
      'order.reserved',
      'order.note_changed',
      'order.erased',
    ])
    expect(events.at(-1)).toMatchObject({
      actor: { id: admin.id, role: 'admin' },
      from: 'RESERVED',
      to: 'RESERVED',
      data: { ship_to: null, note: null, reference: null },
    })
    const skeleton = (all: typeof events) => all.map(({ data: _, ...event }) => event)
    expect(skeleton(events.slice(0, -1))).toEqual(skeleton(history))
    const asOf = expectStatus(await admin.getOrder({ params: { id }, query: { as_of: history[1]?.at ?? '' } }), 200)
    expect(asOf).toMatchObject({ status: 'RESERVED', lines: before.lines, total: before.total })
    expectNoTexts(asOf)
  })

  test('goes on: staff pick, ship and deliver it, or cancel it', async () => {
    const person = await newPerson(baseUrl, admin)
    const [one, two] = [await ordered(person), await anotherOrder(person)]
    await erase(person)
    for (const action of ['startPick', 'confirmPick', 'shipOrder', 'deliverOrder'] as const) {
      expectStatus(await operator[action]({ params: { id: one.id } }), 200)
    }
    const reason = 'The customer is gone'
    expectStatus(await operator.cancelOrder({ params: { id: two }, body: { reason } }), 200)
    expect((await eventsOf(two)).at(-1)).toMatchObject({ type: 'order.cancelled', reason })
  })

  test('leaves its rows in the ledger, without the reason that they gave', async () => {
    const person = await newPerson(baseUrl, admin)
    const { id, sku } = await ordered(person)
    expectStatus(await person.cancelOrder({ params: { id }, body: { reason: texts.reason } }), 200)
    const movements = async () => expectStatus(await admin.listMovements({ params: { sku } }), 200).movements
    const before = await movements()
    expect(before[0]).toMatchObject({ kind: 'release', order_id: id, reason: texts.reason })
    await erase(person)
    const after = await movements()
    expectNoTexts(after)
    const withoutReason = ({ reason: _, ...row }: (typeof before)[number]) => row
    expect(after).toEqual(before.map((row) => (row.order_id === id ? withoutReason(row) : row)))
    expectNoTexts(await eventsOf(id))
  })

  test('is found by none of their names, and still by its owner’s id', async () => {
    const person = await newPerson(baseUrl, admin)
    const { id } = await ordered(person)
    await erase(person)
    const found = async (query: object) =>
      expectStatus(await admin.listOrders({ query }), 200).orders.map((one) => one.id)
    expect(await found({ user_id: person.id })).toEqual([id])
    expect(await found({ user_id: person.id, reference: texts.reference })).toEqual([])
    expect(await found({ q: person.tokens.user_info.email })).toEqual([])
  })
})

async function anotherOrder(person: Person): Promise<string> {
  const sku = await newProduct(admin, { stock: 5 })
  const body = { lines: [{ sku, quantity: 1 }], ship_to }
  return expectStatus(await person.createOrder({ body, headers: newKey() }), 201).id
}
