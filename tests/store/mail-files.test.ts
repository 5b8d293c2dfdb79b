import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { adminPassword, type LocalStack, mailFolder, startLocalStack } from '#tests/support/local-stack.ts'
import { codeIn, mailbox, subjects } from '#tests/support/mailbox.ts'
import {
  expectStatus,
  newKey,
  newPerson,
  newProduct,
  type Person,
  password,
  signIn,
  signInAdmin,
} from '#tests/support/people.ts'

const inTime = { timeout: 30_000, interval: 50 }

let stack: LocalStack
let admin: Person
let customer: Person

beforeAll(async () => {
  stack = await startLocalStack({ environment: { MAIL_FROM: 'shop@example.com', LOG_LEVEL: 'SILENT' } })
  admin = await signInAdmin(stack.baseUrl, adminPassword)
  customer = await newPerson(stack.baseUrl, admin)
  await verify(customer, customer.tokens.user_info.email, subjects.verification)
})
afterAll(() => stack.stop())

const folder = () => mailFolder(stack)

/** Confirms an address with the code of the mail that was sent to it. */
async function verify(person: Person, address: string, subject: string): Promise<void> {
  const code = codeIn(await mailbox(folder(), address).first(subject))
  expectStatus(await person.confirmEmail({ body: { code } }), 204)
}

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
      new RegExp(`^From: shop@example.com\nTo: ${email}\nDate: .* GMT\nSubject: Your order \\w{9} is on its way\n\n`),
    )
    expect(shipped).toContain('Carrier: Post\nTracking number: RR123\n')
    expect(read(`${id}.5.html`)).toContain('<code>RR123</code>')
  })

  test('are deleted when their reader is erased', async () => {
    const reader = await newPerson(stack.baseUrl, admin)
    const { id } = expectStatus(await reader.createSimulatedOrder({ body: { success: true } }), 201)
    await expectMails(id, [2])
    const { email } = reader.tokens.user_info
    await mailbox(folder(), email).first(subjects.verification)
    expectStatus(await admin.eraseUser({ params: { id: reader.id } }), 204)
    expect(filesOf(id)).toEqual([])
    expect(await mailbox(folder(), email).all()).toEqual([])
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
    expect(read(`${id}.2.txt`)).toContain('choose “Retry reservation” in your app')
    expect(read(`${id}.2.txt`)).not.toContain('POST')
    expect(read(`${id}.5.txt`)).toContain('Reason: found it elsewhere')
  })

  test('are in the language of the customer, with codes as they were given and right-to-left text isolated', async () => {
    const body = { email: `${randomUUID()}@münchen.de`, name: 'سارة', locale: 'de-AT', password }
    expectStatus(await createClient({ baseUrl: stack.baseUrl }).register({ body }), 201)
    const reader = await signIn(stack.baseUrl, body.email, password)
    const address = body.email.replace('münchen.de', 'xn--mnchen-3ya.de')
    await verify(reader, address, 'Bitte bestätigen Sie Ihre E-Mail-Adresse')
    const sku = `mug.red.${randomUUID().slice(0, 8)}`
    const product = { sku, name: 'טלפון 12 (אדום)', unit_price: 123_456, currency: 'HUF' }
    expectStatus(await admin.createProduct({ body: product }), 201)
    expectStatus(await admin.receiveStock({ body: { sku, quantity: 5 }, headers: newKey() }), 201)
    const ship_to = { name: 'Sara', line1: 'Ring 1', city: 'Wien', postal_code: '1010', country: 'AT', company: 'Acme' }
    const reference = `PO.a-${sku}`
    const ordered = await reader.createOrder({ body: { lines: [{ sku, quantity: 1 }], reference, ship_to } })
    const { id } = expectStatus(ordered, 201)
    await expectMails(id, [2])
    const [text, html] = [read(`${id}.2.txt`), read(`${id}.2.html`)]
    expect(text).toContain(`To: ${address}\n`)
    expect(text).toContain('Guten Tag \u2068سارة\u2069,')
    expect(text).toContain(`* \u2068${product.name}\u2069\n  1 x 1.234,56\u00a0HUF = 1.234,56\u00a0HUF (${sku})\n`)
    expect(text).toContain(`Ihre Referenz: ${reference}\n`)
    expect(text).toContain('Acme\nSara\nRing 1\n1010 Wien\nÖsterreich\n')
    expect(html).toContain(`<bdi>${product.name}</bdi>`)
    expect(html.replaceAll('<wbr>', '')).toContain(sku)
    expect(`${text}${html}`).not.toMatch(/[\u200b\ufeff]/)
    const { orders } = expectStatus(await reader.listOrders({ query: { q: sku } }), 200)
    expect(orders.map((order) => order.id)).toEqual([id])
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
