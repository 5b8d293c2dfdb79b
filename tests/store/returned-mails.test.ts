import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import type { MailEvent } from '#shared/mail/mail-event.ts'
import { adminPassword, type LocalStack, logFolder, mailFolder, startLocalStack } from '#tests/support/local-stack.ts'
import { bounced, complained } from '#tests/support/mail-events.ts'
import { mailbox, subjects } from '#tests/support/mailbox.ts'
import { expectStatus, newPerson, type Person, password, signIn, signInAdmin } from '#tests/support/people.ts'

const inTime = { timeout: 30_000, interval: 50 }

let stack: LocalStack
let admin: Person
beforeAll(async () => {
  stack = await startLocalStack()
  admin = await signInAdmin(stack.baseUrl, adminPassword)
})
afterAll(() => stack.stop())

const now = () => new Date().toISOString()
const emailOf = ({ tokens }: Person) => tokens.user_info.email
const read = async ({ id }: Person) => expectStatus(await admin.getUser({ params: { id } }), 200)
const set = async ({ id }: Person, email: string) =>
  expectStatus(await admin.updateUser({ params: { id }, body: { email } }), 200)

/** Puts an event where the rule of the default bus puts it on AWS. */
function report(...events: MailEvent[]): void {
  const folder = join(stack.dataFolder, 'queues', 'record-bounces')
  mkdirSync(folder, { recursive: true })
  for (const detail of events) {
    const name = join(folder, `${Date.now()}-${randomUUID()}`)
    writeFileSync(name, JSON.stringify({ 'detail-type': 'ignored', detail }))
    renameSync(name, `${name}.json`)
  }
}

/** Reports events, and waits until all of them have been handled. */
async function handled(...events: MailEvent[]): Promise<void> {
  report(...events)
  const left = () => readdirSync(join(stack.dataFolder, 'queues', 'record-bounces'))
  await vi.waitFor(() => expect(left()).toEqual([]), inTime)
}

const lines = (message: string) =>
  readdirSync(logFolder(stack.dataFolder))
    .flatMap((name) =>
      readFileSync(join(logFolder(stack.dataFolder), name), 'utf8')
        .trim()
        .split('\n'),
    )
    .filter((line) => line.includes(`"${message}"`))

const order = async (person: Person) =>
  expectStatus(await person.createSimulatedOrder({ body: { success: true } }), 201).id

/** Files of the mails about an order. */
const mails = (id: string) => readdirSync(join(stack.dataFolder, 'mail')).filter((name) => name.startsWith(id))
const expectMail = (id: string) => vi.waitFor(() => expect(mails(id)).toHaveLength(2), inTime)

describe('an address that has refused a mail for good', () => {
  test('gets no more, until it is set again', async () => {
    const person = await newPerson(stack.baseUrl, admin)
    await expectMail(await order(person))
    await handled(bounced(emailOf(person), now()))
    expect(await read(person)).toMatchObject({ undeliverable: 'bounced' })
    const id = await order(person)
    await vi.waitFor(() => expect(lines('mail not sent').filter((line) => line.includes(id))).toHaveLength(1), inTime)
    expect(mails(id)).toEqual([])
    expect(lines('MailBounced').length).toBeGreaterThan(0)

    expect(await set(person, emailOf(person))).not.toHaveProperty('undeliverable')
    await expectMail(await order(person))
  })

  test('gets codes all the same, and with one of them it gets every mail again', async () => {
    const person = await newPerson(stack.baseUrl, admin)
    const email = emailOf(person)
    await handled(bounced(email, now()))
    const ask = () => person.requestEmailVerification()
    const code = await mailbox(mailFolder(stack), email).nextCode(subjects.verification, ask)
    expectStatus(await person.confirmEmail({ body: { code } }), 204)
    expect(await read(person)).toMatchObject({ email_verified: true })
    expect(await read(person)).not.toHaveProperty('undeliverable')
    await expectMail(await order(person))
  })

  test('gets some at once under another name', async () => {
    const person = await newPerson(stack.baseUrl, admin)
    await handled(bounced(emailOf(person), now()))
    expect(await set(person, `${randomUUID()}@example.com`)).not.toHaveProperty('undeliverable')
    await expectMail(await order(person))
  })

  test('is recognised in the spelling of mail servers, and with a name', async () => {
    const mailbox = randomUUID()
    const email = `${mailbox}@münchen.example`
    expectStatus(await createClient(stack).register({ body: { email, password } }), 201)
    const person = await signIn(stack.baseUrl, email, password)
    await handled(bounced(`"Jo" <${mailbox}@xn--mnchen-3ya.example>`, now()))
    expect(await read(person)).toMatchObject({ undeliverable: 'bounced' })
  })

  test('stays as it is when the mailbox was only full, or no one has it any more', async () => {
    const [full, moved] = [await newPerson(stack.baseUrl, admin), await newPerson(stack.baseUrl, admin)]
    const before = emailOf(moved)
    await set(moved, `${randomUUID()}@example.com`)
    await handled(bounced(emailOf(full), now(), 'Transient'), bounced(before, now()), bounced('no one', now()))
    for (const person of [full, moved]) expect(await read(person)).not.toHaveProperty('undeliverable')
  })
})

describe('a mail from before the address was set again', () => {
  test('does not stop mails when it comes back late, or is reported twice', async () => {
    const person = await newPerson(stack.baseUrl, admin)
    const event = bounced(emailOf(person), now())
    await handled(event, event)
    const marked = await read(person)
    await set(person, emailOf(person))
    await handled(event, complained(emailOf(person), event.mail.timestamp))
    expect(await read(person)).toMatchObject({ version: marked.version + 1 })
    expect(await read(person)).not.toHaveProperty('undeliverable')
  })
})

describe('an address that an admin has changed', () => {
  test('is not verified, and the old one gets a mail', async () => {
    const person = await newPerson(stack.baseUrl, admin)
    const before = emailOf(person)
    const ask = () => person.requestEmailVerification()
    const code = await mailbox(mailFolder(stack), before).nextCode(subjects.verification, ask)
    expectStatus(await person.confirmEmail({ body: { code } }), 204)
    const after = await mailbox(mailFolder(stack), before).next(subjects.addressChanged, async () =>
      expect(await set(person, `${randomUUID()}@example.com`)).toMatchObject({ email_verified: false }),
    )
    expect(after.text).toContain(before)
  })
})

describe('a complaint', () => {
  test('stops mails, outranks a bounce, and is a security event', async () => {
    const person = await newPerson(stack.baseUrl, admin)
    const before = lines('MailComplained').length
    await handled(bounced(emailOf(person), now()), complained(emailOf(person), now()))
    await handled(bounced(emailOf(person), now()))
    expect(await read(person)).toMatchObject({ undeliverable: 'complained' })
    expect(lines('MailComplained').slice(before)).toHaveLength(1)
    expect(lines('MailComplained').join()).not.toContain(emailOf(person))
  })
})
