import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { codeIn, mailbox, subjects, wrongCode } from '#tests/support/mailbox.ts'
import { expectStatus, newPerson, type Person, password, signIn } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const mails = inject('mails')
const anyone = createClient({ baseUrl })
const next = 'quite-another-password'
const { admin } = usePeople()

const emailOf = (person: Person): string => person.tokens.user_info.email
const ask = (email: string) => anyone.requestPasswordReset({ body: { email } })
const newCode = (email: string) => mailbox(mails, email).nextCode(subjects.reset, () => ask(email))
const confirm = (email: string, code: string, new_password = next) =>
  anyone.resetPassword({ body: { email, code, new_password } })
const refused = { status: 422, body: { code: 'code_invalid' } }

/** The answer without what differs between any two requests. */
async function rawAnswer(email: string): Promise<object> {
  const response = await fetch(`${baseUrl}/auth/password-reset`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'the-same' },
    body: JSON.stringify({ email }),
  })
  const { date: _, ...headers } = Object.fromEntries(response.headers)
  const own = Object.entries(headers).filter(([name]) => !/^x-amzn?-|^(connection|keep-alive)$/.test(name))
  return { status: response.status, headers: Object.fromEntries(own), body: await response.text() }
}

test('asking for a new password has the same answer for a missing account', async () => {
  const { tokens } = await newPerson(baseUrl, admin)
  const existing = await rawAnswer(tokens.user_info.email)
  expect(existing).toMatchObject({ status: 202, body: '' })
  expect(await rawAnswer(`${randomUUID()}@example.com`)).toEqual(existing)
})

test('a code for a missing account has the same answer as a wrong code', async () => {
  const person = await newPerson(baseUrl, admin)
  const [wrong, missing] = [
    await confirm(emailOf(person), 'K7QM-2XWP'),
    await confirm(`${randomUUID()}@example.com`, 'K7QM-2XWP'),
  ]
  expect(wrong).toMatchObject(refused)
  const plain = ({ body }: typeof wrong) => ({ ...(body as object), request_id: '' })
  expect(plain(missing)).toEqual(plain(wrong))
})

describe.skipIf(mails === '')('the code of a mail', () => {
  test('sets a new password, verifies the address and is reported by a mail', async () => {
    const person = await newPerson(baseUrl, admin)
    const email = emailOf(person)
    expect(person.tokens.user_info.email_verified).toBe(false)
    const code = await newCode(email)
    await mailbox(mails, email).next(subjects.passwordChanged, async () =>
      expectStatus(await confirm(email, code), 204),
    )
    expect(await anyone.logIn({ body: { email, password } })).toMatchObject({ status: 401 })
    const again = await signIn(baseUrl, email, next)
    expect(again.tokens.user_info.email_verified).toBe(true)
  })

  test('may be typed in lower case, with blanks and without the hyphen', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    const code = await newCode(email)
    expectStatus(await confirm(email, ` ${code.toLowerCase().replace('-', '  ')} `), 204)
  })

  test('works with any spelling of the address', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    const code = await mailbox(mails, email).nextCode(subjects.reset, () => ask(email.toUpperCase()))
    expectStatus(await confirm(` ${email.toUpperCase()}`, code), 204)
  })

  test('ends every session, and access tokens as well', async () => {
    const person = await newPerson(baseUrl, admin)
    expectStatus(await confirm(emailOf(person), await newCode(emailOf(person))), 204)
    const { refresh_token } = person.tokens
    expect(await anyone.refresh({ body: { refresh_token } })).toMatchObject({ status: 401 })
    expect(await person.createSimulatedOrder({ body: { success: true } })).toMatchObject({ status: 401 })
  })

  test('frees a person who must change the password first', async () => {
    const person = await newPerson(baseUrl, admin)
    expectStatus(await admin.updateUser({ params: { id: person.id }, body: { must_change_password: true } }), 200)
    expectStatus(await confirm(emailOf(person), await newCode(emailOf(person))), 204)
    const again = await signIn(baseUrl, emailOf(person), next)
    expect(again.tokens.user_info.must_change_password).toBe(false)
  })

  test('is used once', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    const code = await newCode(email)
    expectStatus(await confirm(email, code), 204)
    expect(await confirm(email, code, 'a-third-password')).toMatchObject(refused)
    expectStatus(await anyone.logIn({ body: { email, password: next } }), 200)
  })

  test('is used once, however many requests bring it at the same time', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    const code = await newCode(email)
    const secrets = Array.from({ length: 4 }, (_, n) => `a-new-password-${n}`)
    const answers = await Promise.all(secrets.map((secret) => confirm(email, code, secret)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 422, 422, 422])
    const winner = secrets[answers.findIndex(({ status }) => status === 204)] ?? ''
    expectStatus(await anyone.logIn({ body: { email, password: winner } }), 200)
  })

  test('is refused after five wrong ones', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    const code = await newCode(email)
    for (let n = 0; n < 5; n += 1) expect(await confirm(email, wrongCode(code))).toMatchObject(refused)
    expect(await confirm(email, code)).toMatchObject(refused)
    expectStatus(await confirm(email, await newCode(email)), 204)
  })

  test('survives four wrong ones, and what is no code at all', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    const code = await newCode(email)
    for (let n = 0; n < 4; n += 1) expect(await confirm(email, wrongCode(code))).toMatchObject(refused)
    for (let n = 0; n < 4; n += 1) expect(await confirm(email, 'forgotten')).toMatchObject(refused)
    expectStatus(await confirm(email, code), 204)
  })

  test('is not spent by a weak password', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    const code = await newCode(email)
    const weak = { status: 422, body: { code: 'weak_password', errors: [{ pointer: '#/new_password' }] } }
    for (let n = 0; n < 6; n += 1) expect(await confirm(email, code, 'password')).toMatchObject(weak)
    expectStatus(await confirm(email, code), 204)
  })

  test('is refused once there is a newer one', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    const older = await newCode(email)
    const newer = await newCode(email)
    expect(await confirm(email, older)).toMatchObject(refused)
    expectStatus(await confirm(email, newer), 204)
  })

  test.each([
    ['another account', async () => emailOf(await newPerson(baseUrl, admin))],
    ['an address without an account', async () => `${randomUUID()}@example.com`],
  ])('is refused for %s', async (_, other) => {
    const code = await newCode(emailOf(await newPerson(baseUrl, admin)))
    expect(await confirm(await other(), code)).toMatchObject(refused)
  })

  test('ends with the password that it was made under', async () => {
    const person = await newPerson(baseUrl, admin)
    const code = await newCode(emailOf(person))
    expectStatus(await person.changePassword({ body: { current_password: password, new_password: next } }), 204)
    expect(await confirm(emailOf(person), code, 'a-third-password')).toMatchObject(refused)
  })

  test('is refused for an account that was disabled', async () => {
    const person = await newPerson(baseUrl, admin)
    const code = await newCode(emailOf(person))
    expectStatus(await admin.updateUser({ params: { id: person.id }, body: { disabled: true } }), 200)
    expect(await confirm(emailOf(person), code)).toMatchObject(refused)
  })

  test('leaves no session of a login that was under way', async () => {
    const email = emailOf(await newPerson(baseUrl, admin))
    for (let round = 0, secret = password; round < 5; round += 1) {
      const code = await newCode(email)
      const logins = Array.from({ length: 4 }, () => anyone.logIn({ body: { email, password: secret } }))
      const fresh = `password-of-round-${round}`
      expectStatus(await confirm(email, code, fresh), 204)
      for (const login of await Promise.all(logins)) {
        if (!login.ok) continue
        const { refresh_token } = login.body
        expect(await anyone.refresh({ body: { refresh_token } })).toMatchObject({ status: 401 })
      }
      secret = fresh
    }
  })
})

test.skipIf(mails === '')('an address without an account gets no mail', async () => {
  const [missing, existing] = [`${randomUUID()}@example.com`, emailOf(await newPerson(baseUrl, admin))]
  expectStatus(await ask(missing), 202)
  // Its mail was asked for later.
  codeIn(await mailbox(mails, existing).next(subjects.reset, () => ask(existing)))
  expect(await mailbox(mails, missing).all()).toEqual([])
})
