import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { codeIn, mailbox, subjects, wrongCode } from '#tests/support/mailbox.ts'
import { expectStatus, newPerson, type Person, password, signIn } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const mails = inject('mails')
const anyone = createClient({ baseUrl })
const { admin } = usePeople()

const newEmail = () => `${randomUUID()}@example.com`
const emailOf = (person: Person): string => person.tokens.user_info.email
const me = async (person: Person) => expectStatus(await person.getMe(), 200)
const confirm = (person: Person, code: string) => person.confirmEmail({ body: { code } })
const change = (person: Person, email: string) => person.changeEmail({ body: { email, current_password: password } })
const codeToNew = (person: Person, email: string) =>
  mailbox(mails, email).nextCode(subjects.newAddress, () => change(person, email))
const ownCode = (person: Person) =>
  mailbox(mails, emailOf(person)).nextCode(subjects.verification, () => person.requestEmailVerification())
const refused = { status: 422, body: { code: 'code_invalid' } }

async function registered(): Promise<Person> {
  const email = newEmail()
  expectStatus(await anyone.register({ body: { email, password } }), 201)
  return signIn(baseUrl, email, password)
}

describe.skipIf(mails === '')('an address', () => {
  test('is verified with the code that a registration mails', async () => {
    const person = await registered()
    expect(await me(person)).toMatchObject({ email_verified: false })
    const mail = await mailbox(mails, emailOf(person)).first(subjects.verification)
    expectStatus(await confirm(person, codeIn(mail)), 204)
    expect(await me(person)).toMatchObject({ email_verified: true, email: emailOf(person), version: 2 })
    expect(expectStatus(await admin.getUser({ params: { id: person.id } }), 200).email_verified).toBe(true)
  })

  test('is verified with a code that is asked for later, which is then spent', async () => {
    const person = await newPerson(baseUrl, admin)
    await mailbox(mails, emailOf(person)).first(subjects.verification)
    const code = await ownCode(person)
    expectStatus(await confirm(person, code), 204)
    expect(await confirm(person, code)).toMatchObject(refused)
    expect(await me(person)).toMatchObject({ email_verified: true })
  })

  test('is not verified with a code of another person, an older code or a wrong one', async () => {
    const [person, other] = [await newPerson(baseUrl, admin), await newPerson(baseUrl, admin)]
    const older = codeIn(await mailbox(mails, emailOf(person)).first(subjects.verification))
    const newest = await ownCode(person)
    for (const code of [await ownCode(other), older, wrongCode(newest)])
      expect(await confirm(person, code)).toMatchObject(refused)
    expect(await me(person)).toMatchObject({ email_verified: false })
    expectStatus(await confirm(person, newest), 204)
  })
})

describe.skipIf(mails === '')('another address', () => {
  test('becomes that of the account when its code is confirmed, and the old one gets a mail', async () => {
    const person = await newPerson(baseUrl, admin)
    const [before, after] = [emailOf(person), newEmail()]
    const code = await codeToNew(person, after)
    expect(await me(person)).toMatchObject({ email: before })
    await mailbox(mails, before).next(subjects.addressChanged, async () =>
      expectStatus(await confirm(person, code), 204),
    )
    expect(await me(person)).toMatchObject({ email: after, email_verified: true })
    expectStatus(await anyone.logIn({ body: { email: after, password } }), 200)
    expect(await anyone.logIn({ body: { email: before, password } })).toMatchObject({ status: 401 })
    // The old one is free.
    expectStatus(await anyone.register({ body: { email: before, password } }), 201)
    expect(await anyone.register({ body: { email: after, password } })).toMatchObject({ status: 409 })
  })

  test('may be another spelling of the same', async () => {
    const person = await newPerson(baseUrl, admin)
    const email = emailOf(person).replace(/.*(?=@)/, (local) => local.toUpperCase())
    expectStatus(await confirm(person, await codeToNew(person, email)), 204)
    expect(await me(person)).toMatchObject({ email, email_verified: true })
    expectStatus(await anyone.logIn({ body: { email: email.toLowerCase(), password } }), 200)
  })

  test('needs the current password', async () => {
    const person = await newPerson(baseUrl, admin)
    expect(
      await person.changeEmail({ body: { email: newEmail(), current_password: 'not-my-password' } }),
    ).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ pointer: '#/current_password', code: 'wrong' }] },
    })
  })

  test('that belongs to someone else gets no code, and the answer is the same', async () => {
    const [person, other] = [await newPerson(baseUrl, admin), await newPerson(baseUrl, admin)]
    const taken = await change(person, emailOf(other))
    const free = newEmail()
    const answer = await change(person, free)
    expect([taken.status, taken.body]).toEqual([202, answer.body])
    await mailbox(mails, free).first(subjects.newAddress)
    const received = await mailbox(mails, emailOf(other)).all()
    expect(received.map(({ subject }) => subject)).not.toContain(subjects.newAddress)
  })

  test('that was registered in the meantime is refused as a wrong code is', async () => {
    const person = await newPerson(baseUrl, admin)
    const email = newEmail()
    const code = await codeToNew(person, email)
    expectStatus(await anyone.register({ body: { email, password } }), 201)
    expect(await confirm(person, code)).toMatchObject(refused)
    expect(await me(person)).toMatchObject({ email: emailOf(person) })
  })

  test('becomes that of one account only, however many confirm it at the same time', async () => {
    const people = await Promise.all(Array.from({ length: 3 }, () => newPerson(baseUrl, admin)))
    const email = newEmail()
    const codes: string[] = []
    for (const person of people) codes.push(await codeToNew(person, email))
    const answers = await Promise.all(people.map((person, n) => confirm(person, codes[n] ?? '')))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 422, 422])
    const owners = await Promise.all(people.map(async (person) => (await me(person)).email))
    expect(owners.filter((one) => one === email)).toHaveLength(1)
  })

  test('is dropped when the password changes before it is confirmed', async () => {
    const person = await newPerson(baseUrl, admin)
    const code = await codeToNew(person, newEmail())
    const body = { current_password: password, new_password: 'quite-another-password' }
    expectStatus(await person.changePassword({ body }), 204)
    expect(await confirm(person, code)).toMatchObject(refused)
  })

  test('does not get a code of the old one accepted, which resets a password', async () => {
    const person = await newPerson(baseUrl, admin)
    const [before, after] = [emailOf(person), newEmail()]
    const ask = () => anyone.requestPasswordReset({ body: { email: before } })
    const reset = await mailbox(mails, before).nextCode(subjects.reset, ask)
    expectStatus(await confirm(person, await codeToNew(person, after)), 204)
    for (const email of [before, after]) {
      const body = { email, code: reset, new_password: 'quite-another-password' }
      expect(await anyone.resetPassword({ body })).toMatchObject(refused)
    }
  })
})
