import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newKey, newPerson, newProduct, type Person, signInAdmin } from '#tests/support/people.ts'

const inTime = { timeout: 30_000, interval: 50 }

let stack: LocalStack
let admin: Person
let customer: Person

beforeAll(async () => {
  stack = await startLocalStack({ environment: { MAIL_FROM: 'shop@example.com', LOG_LEVEL: 'SILENT' } })
  admin = await signInAdmin(stack.baseUrl, adminPassword)
  customer = await newPerson(stack.baseUrl, admin)
})
afterAll(() => stack.stop())

const folder = () => join(stack.dataFolder, 'mail')
const filesOf = (...ids: string[]) =>
  (existsSync(folder()) ? readdirSync(folder()) : []).filter((name) => ids.some((id) => name.startsWith(id))).sort()
const read = (name: string) => readFileSync(join(folder(), name), 'utf8')

/** Waits until an order's mails are those of some events, by their numbers, and nothing else. */
const expectMails = (id: string, sequences: number[]): Promise<void> =>
  vi.waitFor(
    () => expect(filesOf(id)).toEqual(sequences.flatMap((n) => [`${id}.${n}.html`, `${id}.${n}.txt`]).sort()),
    inTime,
  )

describe('the mails of the local stack', () => {
  test('are two files for each event that is mailed to a customer', async () => {
    const sku = await newProduct(admin, { stock: 5 })
    const ordered = await customer.createOrder({ body: { lines: [{ sku, quantity: 2 }] }, headers: newKey() })
    const { id } = expectStatus(ordered, 201)
    const params = { id }
    expectStatus(await admin.startPick({ params }), 200)
    expectStatus(await admin.confirmPick({ params }), 200)
    expectStatus(await admin.shipOrder({ params, body: { carrier: 'Post', tracking_number: 'RR123' } }), 200)
    expectStatus(await admin.deliverOrder({ params }), 200)
    await expectMails(id, [2, 5, 6])

    const { email } = customer.tokens.user_info
    const shipped = read(`${id}.5.txt`)
    expect(shipped).toMatch(
      new RegExp(`^From: shop@example.com\nTo: ${email}\nDate: .* GMT\nSubject: Your order \\w{8} is on its way\n\n`),
    )
    expect(shipped).toContain('Carrier: Post\nTracking number: RR123\n')
    expect(read(`${id}.5.html`)).toContain('<b>RR123</b>')
  })

  test('say what failed, and what came of a retry', async () => {
    const sku = await newProduct(admin, { stock: 1 })
    const { id } = expectStatus(await customer.createOrder({ body: { lines: [{ sku, quantity: 2 }] } }), 201)
    const params = { id }
    expectStatus(await customer.retryReservation({ params }), 200)
    expectStatus(await admin.receiveStock({ body: { sku, quantity: 1 }, headers: newKey() }), 201)
    await vi.waitFor(
      async () => expect((await customer.getOrder({ params })).body).toMatchObject({ status: 'RESERVED' }),
      inTime,
    )
    expectStatus(await customer.cancelOrder({ params, body: { reason: 'found it elsewhere' } }), 200)
    await expectMails(id, [2, 4, 5])
    expect(read(`${id}.2.txt`)).toContain(`POST /orders/${id}/retry-reservation`)
    expect(read(`${id}.5.txt`)).toContain('Reason: found it elsewhere')
  })

  test('are written for simulated orders too', async () => {
    const succeeded = expectStatus(await customer.createSimulatedOrder({ body: { success: true } }), 201)
    const failed = expectStatus(await customer.createSimulatedOrder({ body: { success: false } }), 201)
    await expectMails(succeeded.id, [2])
    await expectMails(failed.id, [2])
  })

  test('that cannot be written block nothing, and end as dead letters', async () => {
    await expectQuietQueue()
    rmSync(folder(), { recursive: true })
    writeFileSync(folder(), 'not a folder')
    const { id } = expectStatus(await customer.createSimulatedOrder({ body: { success: true } }), 201)
    const deadLetters = join(stack.dataFolder, 'queues', 'mail-dead-letters')
    await vi.waitFor(() => {
      const bodies = readdirSync(deadLetters).map((name) => readFileSync(join(deadLetters, name), 'utf8'))
      expect(bodies.map((body) => JSON.parse(body).detail.order_id)).toEqual([id])
    }, inTime)
    rmSync(folder())
    const next = expectStatus(await customer.createSimulatedOrder({ body: { success: true } }), 201)
    await expectMails(next.id, [2])
  })
})

const expectQuietQueue = () =>
  vi.waitFor(() => expect(readdirSync(join(stack.dataFolder, 'queues', 'mail'))).toEqual([]), inTime)
