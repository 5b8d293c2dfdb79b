import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '#shared/dynamodb/connection.ts'
import { type StoredItem, scanTable, violationsAt, violationsOf } from '#tests/support/invariants.ts'
import { type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus } from '#tests/support/people.ts'
import { openShop, stocked } from './shop.ts'

type Is = (item: StoredItem) => boolean

/** One item is edited, lost, or duplicated under another key. */
type Damage = { where: Is; edit: StoredItem } | { where: Is; lose: true }

const level: Is = ({ entity }) => entity === 'level'
const order =
  (status: string): Is =>
  (item) =>
    item['entity'] === 'order' && item['status'] === status
const event =
  (type: string): Is =>
  (item) =>
    item['entity'] === 'event' && item['type'] === type
const row =
  (kind: string): Is =>
  (item) =>
    item['entity'] === 'ledger_row' && item['kind'] === kind

const claim: Is = ({ entity }) => entity === 'order_number'

const damages: { what: string; damage: Damage; violation: RegExp }[] = [
  { what: 'a unit too many', damage: { where: level, edit: { on_hand: 8 } }, violation: /its ledger says/ },
  { what: 'a counter below zero', damage: { where: level, edit: { available: -1 } }, violation: /at available/ },
  {
    what: 'a sum that is wrong',
    damage: { where: level, edit: { available: 6 } },
    violation: /not on_hand - reserved/,
  },
  { what: 'a miscounted movement', damage: { where: level, edit: { movements: 1 } }, violation: /counts 1 movements/ },
  { what: 'a lost level', damage: { where: level, lose: true }, violation: /a ledger without a level/ },
  {
    what: 'a lost ledger row',
    damage: { where: row('reserve'), lose: true },
    violation: /holds \d, the ledger gave it -?\d/,
  },
  { what: 'a row of another kind', damage: { where: row('receive'), edit: { kind: 'ship' } }, violation: /not a ship/ },
  {
    what: 'a reservation that no order holds',
    damage: { where: order('RESERVED'), edit: { status: 'CANCELLED' } },
    violation: /orders hold 0/,
  },
  {
    what: 'an order that holds too little',
    damage: { where: order('RESERVED'), edit: { allocations: [] } },
    violation: /holds 0 of 2/,
  },
  { what: 'a lost order', damage: { where: order('RESERVED'), lose: true }, violation: /but does not exist/ },
  { what: 'a lost event', damage: { where: event('order.created'), lose: true }, violation: /has number 2/ },
  {
    what: 'a lost last event',
    damage: { where: event('order.delivered'), lose: true },
    violation: /is DELIVERED, its last event says SHIPPED/,
  },
  {
    what: 'an illegal transition',
    damage: { where: event('order.delivered'), edit: { from: 'NEW' } },
    violation: /NEW order.delivered DELIVERED is not legal/,
  },
  {
    what: 'an event that starts elsewhere',
    damage: { where: event('order.cancelled'), edit: { from: 'PICKED' } },
    violation: /does not start where the last ended/,
  },
  {
    what: 'an event out of time',
    damage: { where: event('order.picked'), edit: { at: '2020-01-01T00:00:00.000Z' } },
    violation: /is not later/,
  },
  {
    what: 'a lost claim on a number',
    damage: { where: claim, lose: true },
    violation: /its number \S+ belongs to undefined/,
  },
  {
    what: 'a number that is claimed by an order that does not exist',
    damage: { where: claim, edit: { order_id: 'ord_0' } },
    violation: /claimed by ord_0, whose number is undefined/,
  },
  {
    what: 'a field that no event set',
    damage: { where: order('FAILED_RESERVATION'), edit: { note: 'Made up' } },
    violation: /not the fold of its events/,
  },
]

describe('the check of the invariants', () => {
  let stack: LocalStack
  let sound: StoredItem[]
  beforeAll(async () => {
    stack = await startLocalStack()
    const shop = await openShop(stack)
    const sku = await stocked(shop, 8)
    const place = async (quantity: number) =>
      expectStatus(await shop.customer.createOrder({ body: { lines: [{ sku, quantity }] } }), 201)
    const { admin } = shop
    const params = { id: (await place(1)).id }
    for (const act of [admin.startPick, admin.confirmPick, admin.shipOrder, admin.deliverOrder]) {
      expectStatus(await act({ params, body: {} }), 200)
    }
    expectStatus(await admin.cancelOrder({ params: { id: (await place(3)).id }, body: {} }), 200)
    await place(2)
    await place(100)
    sound = await scanTable(stack.endpoint)
  })
  afterAll(() => stack.stop())

  test('finds nothing when nothing is wrong', () => {
    expect(violationsOf(sound)).toEqual([])
    expect(sound.filter(({ entity }) => entity === 'order')).toHaveLength(4)
  })

  test.each(damages)('finds $what', ({ damage, violation }) => {
    const target = sound.find(damage.where)
    const damaged = sound.flatMap((item) => {
      if (item !== target) return [item]
      return 'lose' in damage ? [] : [{ ...item, ...damage.edit }]
    })
    expect(violationsOf(damaged)).toContainEqual(expect.stringMatching(violation))
  })

  test('finds an item that was edited in the table', async () => {
    const client = createClient(stack.endpoint)
    const target = sound.find(level)
    await client.send(new PutCommand({ TableName: 'holdfast', Item: { ...target, reserved: 3, available: 4 } }))
    expect(await violationsAt(stack.endpoint)).toContainEqual(expect.stringMatching(/3 reserved, orders hold 2/))
    await client.send(new PutCommand({ TableName: 'holdfast', Item: { ...target } }))
    expect(await violationsAt(stack.endpoint)).toEqual([])
  })
})
