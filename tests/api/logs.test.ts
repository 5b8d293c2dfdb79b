import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import type { LogLine } from '#shared/runtime/log.ts'
import { leaksOf } from '#tests/support/leaks.ts'
import { type LocalStack, logFolder, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newPerson, newProduct, type Person, signIn, signInAdmin } from '#tests/support/people.ts'
import '#tests/support/local-credentials.ts'

const logText = ({ dataFolder }: LocalStack): string => {
  const folder = logFolder(dataFolder)
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
}

const linesOf = (stack: LocalStack): LogLine[] =>
  logText(stack)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** Changes a stored item directly in the table. */
async function spoil({ endpoint }: LocalStack, pk: string, member: string, value: unknown): Promise<void> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint }))
  await client.send(
    new UpdateCommand({
      TableName: 'holdfast',
      Key: { pk, sk: pk.split('#')[0] },
      UpdateExpression: 'SET #member = :value',
      ExpressionAttributeNames: { '#member': member },
      ExpressionAttributeValues: { ':value': value },
    }),
  )
  client.destroy()
}

describe('the logs at LOG_LEVEL=DEBUG', () => {
  let stack: LocalStack
  let admin: Person
  let sku: string
  beforeAll(async () => {
    stack = await startLocalStack({ environment: { LOG_LEVEL: 'DEBUG', SCHEDULE_SECONDS: '1' } })
    admin = await signInAdmin(stack.baseUrl, 'correct-horse-battery')
    sku = await newProduct(admin, { stock: 100 })
  })
  afterAll(() => stack.stop())

  const mark = () => `Personal-Mark-${randomUUID().slice(0, 8)}`
  const secret = 'personal-mark-and-a-secret'

  /** A user whose every personal detail contains a mark. */
  async function markedPerson() {
    const body = { email: `${mark()}@example.com`, username: mark(), name: mark(), password: secret }
    expectStatus(await createClient({ baseUrl: stack.baseUrl }).register({ body }), 201)
    return { ...body, person: await signIn(stack.baseUrl, body.email, secret) }
  }

  const order = async (person: Person) => {
    const ship_to = { name: mark(), line1: mark(), line2: mark(), city: mark(), postal_code: 'PM-1', country: 'DE' }
    const body = { lines: [{ sku, quantity: 1 }], note: mark(), reference: mark(), ship_to }
    return expectStatus(await person.createOrder({ body, headers: { 'Idempotency-Key': mark() } }), 201)
  }

  const raw = async (method: string, path: string, init: RequestInit = {}) =>
    (await fetch(`${stack.baseUrl}${path}`, { method, ...init })).status

  test('contain nothing personal and nothing secret, whatever goes wrong', async () => {
    const { email, username, person } = await markedPerson()
    const bearer = { Authorization: `Bearer ${person.tokens.access_token}` }
    const json = { 'Content-Type': 'application/json' }
    const anybody = createClient({ baseUrl: stack.baseUrl })

    // Requests that succeed.
    const { id } = await order(person)
    expectStatus(await person.updateOrder({ params: { id }, body: { note: mark() } }), 200)
    expectStatus(await person.cancelOrder({ params: { id }, body: { reason: mark() } }), 200)
    expectStatus(await anybody.refresh({ body: { refresh_token: person.tokens.refresh_token } }), 200)
    expectStatus(await admin.listUsers({ query: { q: email } }), 200)
    expectStatus(await person.changePassword({ body: { current_password: secret, new_password: `${secret}!` } }), 204)

    // Requests that are refused.
    const wrong = { username, password: `${secret}?` }
    expect((await anybody.logIn({ body: wrong })).status).toBe(401)
    const form = { body: new URLSearchParams(wrong), headers: {} }
    expect(await raw('POST', '/auth/login', form)).toBe(401)
    expect(await raw('POST', '/auth/login', { headers: json, body: `{"password":"${secret}` })).toBe(400)
    expect(await raw('POST', '/auth/register', { headers: json, body: `{"${email}":"${secret}"}` })).toBe(422)
    expect(await raw('GET', `/people/${email}?name=${username}`)).toBe(404)
    expect(await raw('GET', `/orders/${email}`, { headers: bearer })).toBe(404)
    expect(await raw('PURGE', `/orders/${email}`, { headers: bearer })).toBe(405)
    expect(await raw('GET', '/orders', { headers: { Authorization: `Bearer ${secret}` } })).toBe(401)
    expect(await raw('POST', `/orders?${email}`, { body: new Uint8Array([0xff, 0xfe]), headers: bearer })).toBe(400)
    const huge = { headers: json, body: JSON.stringify({ email, padding: 'x'.repeat(11_000_000) }) }
    expect(await raw('POST', '/auth/register', huge)).toBe(413)

    // Failures: items that violate their schema, read by requests, mails and jobs.
    const broken = await order(person)
    await spoil(stack, `ORDER#${broken.id}`, 'ship_to', `Personal-Mark, ${email}`)
    expect(await raw('GET', `/orders/${broken.id}`, { headers: bearer })).toBe(500)
    const other = await markedPerson()
    const waiting = { lines: [{ sku, quantity: 1 }], reserve: false }
    const { id: unmailed } = expectStatus(await other.person.createOrder({ body: waiting }), 201)
    await spoil(stack, `USER#${other.person.id}`, 'name', { [email]: secret })
    expectStatus(await admin.reserveOrder({ params: { id: unmailed } }), 200)
    expect((await other.person.getMe()).status).toBe(500)
    // A message that is not JSON, of which JSON.parse quotes a piece.
    writeFileSync(join(stack.dataFolder, 'queues/mail/0-poison.json'), 'jo@ex.com')
    const said = (message: string) => linesOf(stack).filter((line) => line.message === message)
    const messages = ['request failed', 'delivery failed', 'run finished', 'request answered by the gateway']
    await expect.poll(() => messages.filter((message) => said(message).length === 0), { timeout: 30_000 }).toEqual([])

    const lines = logText(stack).split('\n')
    expect(lines.length).toBeGreaterThan(30)
    expect(lines.flatMap((line) => leaksOf(line).map((name) => `${name}: ${line}`))).toEqual([])
    expect(linesOf(stack).filter(({ request_id }) => !request_id)).toEqual([])
  })

  test.each([
    ['GET', '/health', 200, 'GET /health'],
    ['GET', '/nothing', 404, 'GET /{proxy+}'],
    ['DELETE', '/health', 405, 'DELETE /{proxy+}'],
    ['GET', '/orders', 401, 'GET /orders'],
  ])('record under the request id what was answered to %s %s: %d', async (method, path, status, route) => {
    const answer = await fetch(`${stack.baseUrl}${path}`, { method })
    const { request_id } = (await answer.json()) as { request_id?: string }
    const id = answer.headers.get('x-request-id')
    expect([answer.status, request_id ?? id]).toEqual([status, id])
    await expect.poll(() => linesOf(stack).filter((line) => line.request_id === id)).toMatchObject([{ status, route }])
  })
})

/** Bytes of log for one order, from its creation to its delivery. */
const maxBytes = 2048

test('the life of an order, with everything it causes, takes at most 2 kB of log', async () => {
  const stack = await startLocalStack({ environment: { LOG_LEVEL: 'INFO' } })
  onTestFinished(stack.stop)
  const admin = await signInAdmin(stack.baseUrl, 'correct-horse-battery')
  const customer = await newPerson(stack.baseUrl, admin)
  const sku = await newProduct(admin, { stock: 1 })
  const size = () => readdirSync(logFolder(stack.dataFolder)).reduce((sum, name) => sum + bytesOf(stack, name), 0)
  const logged = async (requests: number) => {
    await expect.poll(() => linesOf(stack).filter((line) => line.message === 'request served').length).toBe(requests)
    return size()
  }
  const before = await logged(6)

  const ids = Array.from({ length: 5 }, () => randomUUID())
  const named = (n: number) => ({ headers: { 'X-Request-ID': ids[n] ?? '' } })
  const { id } = expectStatus(await customer.createOrder({ body: { lines: [{ sku, quantity: 1 }] }, ...named(0) }), 201)
  const params = { id }
  expectStatus(await admin.startPick({ params, ...named(1) }), 200)
  expectStatus(await admin.confirmPick({ params, ...named(2) }), 200)
  expectStatus(await admin.shipOrder({ params, body: { carrier: 'Post', tracking_number: 'RR1' }, ...named(3) }), 200)
  const { status } = expectStatus(await admin.deliverOrder({ params, ...named(4) }), 200)
  expect(status).toBe('DELIVERED')
  // The relay has published everything, and the last mail is out.
  const mails = () => readdirSync(join(stack.dataFolder, 'mail')).filter((name) => name.startsWith(id))
  await expect.poll(mails, { timeout: 30_000 }).toContain(`${id}.6.txt`)

  const bytes = (await logged(11)) - before
  process.stdout.write(`The life of an order: ${bytes} bytes of log\n`)
  expect(bytes).toBeGreaterThan(0)
  expect(bytes).toBeLessThanOrEqual(maxBytes)
  // Every request of that life, and so every event, is in the log under its id.
  const loggedIds = new Set(linesOf(stack).map(({ request_id }) => request_id))
  expect(ids.filter((requestId) => !loggedIds.has(requestId))).toEqual([])
})

const bytesOf = ({ dataFolder }: LocalStack, name: string): number => statSync(join(logFolder(dataFolder), name)).size
