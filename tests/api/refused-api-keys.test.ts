import { describe, expect, inject, test, vi } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, newProgram, programWith } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin } = usePeople()
const refused = { status: 401, body: { code: 'not_authenticated', detail: 'Could not validate credentials' } }

describe('an API key that is refused', () => {
  const bearerOf = (key: string) => createClient({ baseUrl, accessToken: key }).listOrders()

  test('is malformed, of another stage, or unknown', async () => {
    const { key } = await newProgram(baseUrl, admin, { role: 'operator' })
    const stage = key.split('_')[1] ?? ''
    const others = ['prod', 'staging'].filter((name) => name !== stage)
    const wrong = [
      key.slice(0, -1),
      `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`,
      key.toUpperCase(),
      ...others.map((name) => key.replace(`hf_${stage}_`, `hf_${name}_`)),
      'hf_',
      `hf_${stage}_`,
    ]
    // The authorizer refuses these, and then API Gateway has one text for everything.
    for (const one of wrong) {
      expect(await bearerOf(one), one).toMatchObject({ status: 401, body: { code: 'not_authenticated' } })
    }
    expectStatus(await bearerOf(key), 200)
  })

  test('was revoked: at once for reads and writes, though the gateway remembers its decision', async () => {
    const program = await newProgram(baseUrl, admin, { role: 'user' })
    expectStatus(await program.listOrders(), 200)
    const { id } = expectStatus(await program.createOrder({ body: { product_name: 'Gift', amount: 1 } }), 201)
    const params = { id: program.id }
    expectStatus(await admin.revokeApiKey({ params }), 204)
    for (const answer of [
      await program.listOrders(),
      await program.getOrder({ params: { id } }),
      await program.cancelOrder({ params: { id } }),
      await program.createOrder({ body: { product_name: 'Gift', amount: 1 } }),
      await program.listProducts(),
    ]) {
      expect(answer).toMatchObject(refused)
    }
    const gone = expectStatus(await admin.getApiKey({ params }), 200)
    expect(gone.revoked_at).not.toBeNull()
    expectStatus(await admin.revokeApiKey({ params }), 204)
    expect(expectStatus(await admin.getApiKey({ params }), 200)).toEqual(gone)
    expect(await admin.rotateApiKey({ params })).toMatchObject({ status: 409, body: { code: 'api_key_ended' } })
  })

  test('has expired', async () => {
    const soon = new Date(Date.now() + 2500).toISOString()
    const program = await newProgram(baseUrl, admin, { role: 'operator', expires_at: soon })
    await vi.waitFor(async () => expect(await program.listOrders()).toMatchObject(refused), { timeout: 30_000 })
    expect(await admin.rotateApiKey({ params: { id: program.id } })).toMatchObject({
      status: 409,
      body: { code: 'api_key_ended' },
    })
  })

  test('does not exist for the routes of keys', async () => {
    const params = { id: `key_${'0'.repeat(52)}` }
    for (const answer of [
      await admin.getApiKey({ params }),
      await admin.revokeApiKey({ params }),
      await admin.rotateApiKey({ params }),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
  })
})

describe('a rotated API key', () => {
  test('goes on working beside the new one, which is shown once', async () => {
    const program = await newProgram(baseUrl, admin, { role: 'operator' })
    const params = { id: program.id }
    expectStatus(await program.listOrders(), 200)
    const answer = await admin.rotateApiKey({ params, headers: { 'Idempotency-Key': 'rotate' } })
    const { key, ...described } = expectStatus(answer, 200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const next = programWith(baseUrl, { id: program.id, key })
    expect(next.key).not.toBe(program.key)
    for (const one of [program, next]) {
      expectStatus(await one.listOrders(), 200)
      expectStatus(await one.createOrder({ body: { product_name: 'Gift', amount: 1 } }), 201)
    }
    expect(described.previous_valid_until).not.toBeNull()
    const { last_used_at, ...now } = expectStatus(await admin.getApiKey({ params }), 200)
    expect({ ...now, last_used_at: described.last_used_at }).toEqual(described)
    expect(last_used_at).not.toBeNull()
    const again = await admin.rotateApiKey({ params, headers: { 'Idempotency-Key': 'rotate' } })
    expect(again.body).toEqual(answer.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
  })

  test('ends with the new one when it is revoked', async () => {
    const program = await newProgram(baseUrl, admin, { role: 'operator' })
    const params = { id: program.id }
    const next = programWith(baseUrl, expectStatus(await admin.rotateApiKey({ params }), 200))
    for (const one of [program, next]) expectStatus(await one.listOrders(), 200)
    expectStatus(await admin.revokeApiKey({ params }), 204)
    for (const one of [program, next]) expect(await one.listOrders()).toMatchObject(refused)
  })
})
