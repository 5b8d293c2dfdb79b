import { expect, test } from 'vitest'
import { partsTakenBy, storeParts } from '#infra/bundling/own-store.ts'

const single = [
  ['const user = await store.users.get(id)', ['users']],
  ['await services.store.orders.get(id); await store.stock.levels(sku)', ['orders', 'stock']],
  ['const act = ({ store, clock }: Services) => store.transact([store.users.add(user)])', ['users']],
  ['const { clock, store } = services', []],
  ["success: { status: 200, cache: 'no-store' }", []],
] as const
test.each(single)('of the store, `%s` takes %j', (text, parts) => {
  expect(partsTakenBy(text)).toEqual(parts)
})

const whole = [
  'const { users } = services.store',
  'const all = store',
  'await find(services.store, id)',
  'await find(id, store)',
  'const find = ({ users }: Store) => users.list()',
  "const find = ({ users }: Services['store']) => users.list()",
  'const find = ({ store: { users } }: Services) => users.list()',
  'store[name].list()',
]
test.each(whole)('`%s` may take any part of the store', (text) => {
  expect(storeParts.length).toBeGreaterThan(5)
  expect(partsTakenBy(text)).toEqual(storeParts)
})
