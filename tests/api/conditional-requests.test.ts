import { beforeAll, describe, expect, inject, test } from 'vitest'
import { isConditionalRead, isConditionalWrite, type Route } from '#shared/api/contract.ts'
import { operations } from '#shared/api/operations.ts'
import { expectStatus, newPerson, newProduct } from '#tests/support/people.ts'
import { eventsOf } from '#tests/support/snapshot.ts'
import { changeables, type Reply, readables } from './conditional.ts'
import { placeOrderAt } from './placed-orders.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, operator } = usePeople({ operator: 'operator' })
let writes: ReturnType<typeof changeables>
let reads: ReturnType<typeof readables>

beforeAll(async () => {
  writes = changeables(baseUrl, admin)
  reads = readables(baseUrl, admin)
})

const named = (isWanted: (route: Route) => boolean) =>
  operations.filter(({ route }) => isWanted(route)).map(({ operation }) => operation)
const tagOf = ({ headers }: Reply) => headers.get('etag') ?? ''
const versionOf = ({ body }: Reply) => (body as { version: number }).version

test('every operation that supports preconditions is tested here, and no other', () => {
  expect(Object.keys(reads).toSorted()).toEqual(named(isConditionalRead).toSorted())
  expect(Object.keys(writes).toSorted()).toEqual(named(isConditionalWrite).toSorted())
})

describe.each(named(isConditionalRead))('%s', (operation) => {
  test('has an ETag of version and role, and answers 304 to a client that has it', async () => {
    const { read, change } = (await reads[operation]?.()) ?? expect.fail(operation)
    const first = await read({})
    const tag = tagOf(first)
    expect(tag).toMatch(new RegExp(`^"${versionOf(first)}-(user|admin)"$`))
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    for (const known of [tag, `W/${tag}`, `"0-user", ${tag}`, '*']) {
      const again = await read({ 'If-None-Match': known })
      expect([again.status, again.body], known).toEqual([304, ''])
      expect([tagOf(again), again.headers.get('cache-control')]).toEqual([tag, 'private, no-cache'])
    }
    for (const other of ['"0-user"', `"${versionOf(first)}-editor"`, 'nonsense']) {
      expect(await read({ 'If-None-Match': other }), other).toMatchObject({ status: 200, body: first.body })
    }
    const changed = await change()
    expect(changed.status).toBeLessThan(300)
    const second = await read({ 'If-None-Match': tag })
    expect(second.status).toBe(200)
    expect(versionOf(second)).toBe(versionOf(first) + 1)
    expect(tagOf(second)).not.toBe(tag)
  })
})

describe('an ETag', () => {
  test('differs between roles, which see different fields', async () => {
    const place = { kind: 'stock', status: 'RESERVED' } as const
    const owner = await newPerson(baseUrl, admin)
    const params = { id: (await placeOrderAt(place, { owner, builder: admin })).id }
    const [own, staff] = [await owner.getOrder({ params }), await operator.getOrder({ params })]
    expect([tagOf(own), tagOf(staff)]).toEqual(['"1-user"', '"1-operator"'])
    expect(own.body).not.toEqual(staff.body)
    expectStatus(await operator.getOrder({ params, headers: { 'If-None-Match': tagOf(own) } }), 200)
  })

  test('is also sent with the answer to a creation and to a change', async () => {
    const created = await admin.createOrder({ body: { product_name: 'Gift', amount: 1 } })
    expect(tagOf(created)).toBe('"1-admin"')
    const params = { id: expectStatus(created, 201).id }
    const noted = await admin.updateOrder({
      params,
      body: { note: 'Wrap it' },
      headers: { 'If-Match': tagOf(created) },
    })
    expect([noted.status, tagOf(noted)]).toEqual([200, '"2-admin"'])
    expect((await admin.listOrders()).headers.get('etag')).toBeNull()
  })
})

describe.each(named(isConditionalWrite))('%s', (operation) => {
  const make = () => writes[operation]?.() ?? expect.fail(operation)

  test('changes the version that If-Match names, and no other', async () => {
    const { version, change, now } = await make()
    for (const stale of [`"${version - 1}-admin"`, `"${version + 1}-admin"`, '"something-else"']) {
      expect(await change({ 'If-Match': stale }), stale).toMatchObject({
        status: 412,
        body: { code: 'version_mismatch', version, retryable: false },
      })
    }
    for (const malformed of ['', String(version), `"${version}-admin`, 'W/']) {
      expect(await change({ 'If-Match': malformed }), malformed).toMatchObject({
        status: 400,
        body: { code: 'malformed_request' },
      })
    }
    expect(await now()).toBe(version)
    expect(await change({ 'If-Match': `"0-user", W/"${version}-user"` })).toMatchObject({
      status: 200,
      body: { version: version + 1 },
    })
  })

  test('changes any version for If-Match: *', async () => {
    const { version, change } = await make()
    expect(await change({ 'If-Match': '*' })).toMatchObject({ status: 200, body: { version: version + 1 } })
  })

  // A retry of a reservation tries again, every time.
  test.skipIf(operation === 'retryReservation')('repeats its answer to a retry after a lost response', async () => {
    const { version, change, now } = await make()
    const headers = { 'If-Match': `"${version}-admin"` }
    const replies = await Promise.all([change(headers), change(headers)])
    const taken = replies.find(({ status }) => status === 200) ?? expect.fail('Both were refused')
    for (const refused of replies.filter(({ status }) => status !== 200)) expect(refused.status).toBe(412)
    const again = await change(headers)
    expect(again).toMatchObject({ status: 200, body: taken.body })
    expect(await now()).toBe(version + 1)
  })
})

describe('concurrent changes of one version', () => {
  test('succeed once; the others get 412 with the current version', async () => {
    const sku = await newProduct(admin)
    const change = (n: number) =>
      admin.updateProduct({ params: { sku }, body: { unit_price: n }, headers: { 'If-Match': '"1-admin"' } })
    const replies = await Promise.all(Array.from({ length: 16 }, (_, n) => change(n)))
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, ...Array(15).fill(412)])
    expect(expectStatus(await admin.getProduct({ params: { sku } }), 200).version).toBe(2)
  })

  test('let one action on an order happen, once', async () => {
    const place = { kind: 'stock', status: 'RESERVED' } as const
    const { id } = await placeOrderAt(place, { owner: admin, builder: admin })
    const input = { params: { id }, headers: { 'If-Match': '"1-admin"' } }
    const replies = await Promise.all([
      ...Array.from({ length: 8 }, () => admin.startPick(input)),
      ...Array.from({ length: 8 }, () => operator.cancelOrder(input)),
    ])
    const taken = replies.filter(({ status }) => status === 200)
    expect(new Set(taken.map(({ body }) => (body as { status: string }).status)).size).toBe(1)
    for (const { status } of replies) expect([200, 409, 412]).toContain(status)
    expect(await eventsOf(admin, id)).toHaveLength(3)
  })
})

test('a request that is refused anyway gets that error, whatever If-Match says', async () => {
  const { id } = await placeOrderAt({ kind: 'stock', status: 'CANCELLED' }, { owner: admin, builder: admin })
  const headers = { 'If-Match': '"99-admin"' }
  expect(await operator.startPick({ params: { id }, headers })).toMatchObject({
    status: 409,
    body: { code: 'invalid_transition' },
  })
  const params = { id: `ord_${'0'.repeat(52)}` }
  expect(await admin.updateOrder({ params, headers, body: { note: 'x' } })).toMatchObject({ status: 404 })
})
