import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, newKey, type Person, password, signIn } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const newEmail = () => `${randomUUID()}@example.com`
const as = (person: Person) => createClient({ baseUrl, accessToken: person.tokens.access_token })

const { admin } = usePeople()

describe.each(['register', 'createUser'] as const)('%s with an Idempotency-Key', (operation) => {
  const send = (body: { email: string; password: string; name?: string }, headers: Record<string, string>) =>
    as(admin)[operation]({ body, headers })

  test('repeats its first answer and creates one user', async () => {
    const headers = newKey()
    const body = { email: newEmail(), password, name: 'Ada' }
    const replies = await Promise.all(Array.from({ length: 4 }, () => send(body, headers)))
    const [first] = replies.map((reply) => expectStatus(reply, 201))
    for (const reply of replies) expect(reply.body).toEqual(first)
    expect(replies.map((reply) => reply.headers.get('idempotent-replayed')).sort()).toEqual([
      null,
      ...Array(3).fill('true'),
    ])
    expect(await send({ ...body }, newKey())).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  })

  test('refuses the key with another body or another password', async () => {
    const headers = newKey()
    const body = { email: newEmail(), password, name: 'Ada' }
    expectStatus(await send(body, headers), 201)
    const reused = { status: 422, body: { code: 'idempotency_key_reused' } }
    expect(await send({ ...body, name: 'Eve' }, headers)).toMatchObject(reused)
    const other = await send({ ...body, email: newEmail() }, headers)
    // Those who register are not signed in: their keys are scoped by e-mail.
    expect(other).toMatchObject(operation === 'register' ? { status: 201 } : reused)
    expect(await send({ ...body, password: 'another-good-password' }, headers)).toMatchObject(reused)
  })

  test('repeats its first answer after the password has changed, to the first password only', async () => {
    const headers = newKey()
    const body = { email: newEmail(), password }
    const first = expectStatus(await send(body, headers), 201)
    const user = await signIn(baseUrl, body.email, password)
    const changed = { current_password: password, new_password: 'another-good-password' }
    expectStatus(await user.changePassword({ body: changed }), 204)
    const again = await send(body, headers)
    expect(again).toMatchObject({ status: 201, body: first })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const reused = { status: 422, body: { code: 'idempotency_key_reused' } }
    expect(await send({ ...body, password: changed.new_password }, headers)).toMatchObject(reused)
    await signIn(baseUrl, body.email, changed.new_password)
  })

  test('accepts the key again after a refusal', async () => {
    const headers = newKey()
    const email = newEmail()
    expect(await send({ email, password: 'short' }, headers)).toMatchObject({ status: 422 })
    const reply = await send({ email, password }, headers)
    expect(expectStatus(reply, 201).email).toBe(email)
    expect(reply.headers.get('idempotent-replayed')).toBeNull()
  })

  test('returns the generated key when none was sent', async () => {
    const body = { email: newEmail(), password }
    const first = await send(body, {})
    expectStatus(first, 201)
    const key = first.headers.get('idempotency-key') ?? ''
    const again = await send(body, { 'Idempotency-Key': key })
    expect(again).toMatchObject({ status: 201, body: first.body })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
  })
})
