import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import type { LogLine } from '#shared/runtime/log.ts'
import type { SecurityEvent } from '#shared/runtime/security-events.ts'
import type { UserChange } from '#shared/users/user.ts'
import { adminPassword, type LocalStack, logFolder, mailFolder, startLocalStack } from '#tests/support/local-stack.ts'
import { mailbox, subjects } from '#tests/support/mailbox.ts'
import { expectStatus, newPerson, newProgram, type Person, password, signInAdmin } from '#tests/support/people.ts'

let stack: LocalStack
let admin: Person
beforeAll(async () => {
  stack = await startLocalStack({
    environment: { RATE_LIMIT_REQUESTS: '3', SIMULATIONS_PER_MINUTE: '1', MAILS_PER_HOUR: '3' },
  })
  admin = await signInAdmin(stack.baseUrl, adminPassword)
})
afterAll(() => stack.stop())

const newEmail = () => `${randomUUID()}@example.com`
const anyone = () => createClient({ baseUrl: stack.baseUrl })
const guess = (email: string, requestId = randomUUID()) =>
  anyone().logIn({ body: { email, password: 'a-wrong-password' }, headers: { 'X-Request-ID': requestId } })

function lines(): LogLine[] {
  const folder = logFolder(stack.dataFolder)
  return readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter(({ message }) => message === 'security event')
}

/** The line of an event that something caused, once it is written. */
async function lineOf(event: SecurityEvent, cause: () => Promise<unknown>): Promise<LogLine> {
  const before = lines().length
  await cause()
  return vi.waitFor(() => {
    const line = lines()
      .slice(before)
      .find((one) => one.event === event)
    return line ?? expect.fail(`no ${event}`)
  })
}

/** A token that looks like those of Holdfast, signed with another key. */
async function forgedToken(): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const { kid = 'made-up' } = await exportJWK(publicKey)
  return new SignJWT({ sid: 'made-up', role: 'admin' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
    .setSubject(admin.id)
    .setExpirationTime('5m')
    .sign(privateKey)
}

/** What no request causes; `tests/commands/job.test.ts` and `tests/store/returned-mails.test.ts` show that it is logged. */
type Requested = Exclude<SecurityEvent, 'AdminRecovered' | 'MailComplained'>

const causes: Record<Requested, () => Promise<unknown>> = {
  LoginFailed: () => guess(newEmail()),
  LimitReached: async () => {
    const person = await newPerson(stack.baseUrl, admin)
    const body = { lines: [{ sku: 'ANY', quantity: 1 }] }
    for (let n = 0; n < 3; n += 1) await person.simulateReservation({ body })
  },
  RefreshTokenReused: async () => {
    let { refresh_token } = (await newPerson(stack.baseUrl, admin)).tokens
    const first = refresh_token
    for (let n = 0; n < 2; n += 1) {
      refresh_token = expectStatus(await anyone().refresh({ body: { refresh_token } }), 200).refresh_token
    }
    expect(await anyone().refresh({ body: { refresh_token: first } })).toMatchObject({ status: 401 })
  },
  TokenForged: async () => {
    const forger = createClient({ baseUrl: stack.baseUrl, accessToken: await forgedToken() })
    expect(await forger.getMe()).toMatchObject({ status: 401 })
  },
  RoleGranted: () => admin.createUser({ body: { email: newEmail(), password, role: 'operator' } }),
  ApiKeyCreated: () => newProgram(stack.baseUrl, admin, { role: 'user' }),
  ApiKeyRotated: async () => {
    const { id } = await newProgram(stack.baseUrl, admin, { role: 'user' })
    expectStatus(await admin.rotateApiKey({ params: { id } }), 200)
  },
  ApiKeyRevoked: async () => {
    const { id } = await newProgram(stack.baseUrl, admin, { role: 'user' })
    expectStatus(await admin.revokeApiKey({ params: { id } }), 204)
  },
  ApiKeyRefused: async () => {
    const program = await newProgram(stack.baseUrl, admin, { role: 'user' })
    expectStatus(await admin.revokeApiKey({ params: { id: program.id } }), 204)
    expect(await program.listOrders()).toMatchObject({ status: 401 })
  },
  PasswordChanged: async () => {
    const person = await newPerson(stack.baseUrl, admin)
    const body = { current_password: password, new_password: 'another-good-password' }
    expectStatus(await person.changePassword({ body }), 204)
  },
  PasswordResetRequested: () => anyone().requestPasswordReset({ body: { email: newEmail() } }),
  CodeRefused: async () => {
    const body = { email: newEmail(), code: 'K7QM-2XWP', new_password: 'another-good-password' }
    expect(await anyone().resetPassword({ body })).toMatchObject({ status: 422 })
  },
  EmailChanged: async () => {
    const person = await newPerson(stack.baseUrl, admin)
    const email = newEmail()
    const ask = () => person.changeEmail({ body: { email, current_password: password } })
    const code = await mailbox(mailFolder(stack), email).nextCode(subjects.newAddress, ask)
    expectStatus(await person.confirmEmail({ body: { code } }), 204)
  },
  MailDropped: async () => {
    const person = await newPerson(stack.baseUrl, admin)
    for (let n = 0; n < 3; n += 1) expectStatus(await person.createSimulatedOrder({ body: { success: true } }), 201)
  },
  TemporaryPasswordSet: () => changeNewPerson({ temporary_password: 'a-temporary-password' }),
  AccountErased: async () => {
    const { id } = await newPerson(stack.baseUrl, admin)
    expectStatus(await admin.eraseUser({ params: { id } }), 204)
  },
  SessionsEnded: async () => {
    const person = await newPerson(stack.baseUrl, admin)
    expectStatus(await person.endSessions({ params: { id: person.id } }), 204)
  },
}

async function changeNewPerson(body: UserChange): Promise<void> {
  const { id } = await newPerson(stack.baseUrl, admin)
  expectStatus(await admin.updateUser({ params: { id }, body }), 200)
}

describe('a security event is logged', () => {
  test.each(Object.keys(causes) as Requested[])('%s', async (event) => {
    const line = await lineOf(event, causes[event])
    expect(line).toMatchObject({ level: 'WARN', event, request_id: expect.stringMatching(/^[\w-]{8,}$/) })
  })

  test('when a role is changed, and not when it is taken away', async () => {
    const { id } = await newPerson(stack.baseUrl, admin)
    const change = (role: 'admin' | 'user') => admin.updateUser({ params: { id }, body: { role } })
    const granted = await lineOf('RoleGranted', () => change('admin'))
    expectStatus(await change('user'), 200)
    await lineOf('LoginFailed', causes.LoginFailed)
    const accounts = lines().filter(({ event, account }) => event === 'RoleGranted' && account === granted.account)
    expect(accounts.length).toBe(1)
  })

  test('with the id of an API key, and never the key', async () => {
    const program = await newProgram(stack.baseUrl, admin, { role: 'user' })
    const revoked = await lineOf('ApiKeyRevoked', () => admin.revokeApiKey({ params: { id: program.id } }))
    expect(revoked).toMatchObject({ api_key: program.id, account: expect.stringMatching(/^[\w-]{16}$/) })
    const refused = await lineOf('ApiKeyRefused', () => program.listOrders())
    expect(refused).toMatchObject({ api_key: program.id })
    expect(JSON.stringify([revoked, refused])).not.toContain(program.key)
  })

  test('not for a token that is no token', async () => {
    expect(await createClient({ baseUrl: stack.baseUrl, accessToken: 'made-up' }).getMe()).toMatchObject({
      status: 401,
    })
    const before = lines().filter(({ event }) => event === 'TokenForged').length
    await lineOf('LoginFailed', causes.LoginFailed)
    expect(lines().filter(({ event }) => event === 'TokenForged').length).toBe(before)
  })
})

describe('the line of a failed login', () => {
  test('says the same of the same account and network, and nothing that names them', async () => {
    const [email, other] = [newEmail(), newEmail()]
    const requestId = randomUUID()
    const first = await lineOf('LoginFailed', () => guess(email, requestId))
    const second = await lineOf('LoginFailed', () => guess(email.toUpperCase()))
    const third = await lineOf('LoginFailed', () => guess(other))
    expect(first.request_id).toBe(requestId)
    expect(first.account).toMatch(/^[\w-]{16}$/)
    expect(first.address).toMatch(/^[\w-]{16}$/)
    expect(second).toMatchObject({ account: first.account, address: first.address })
    expect(third.account).not.toBe(first.account)
    expect(third.address).toBe(first.address)
    for (const secret of [email, other, '127.0.0.1'])
      expect(JSON.stringify([first, second, third])).not.toContain(secret)
  })
})

test('the limit that was reached is named', async () => {
  const email = newEmail()
  for (let n = 0; n < 3; n += 1) await guess(email)
  expect(await lineOf('LimitReached', () => guess(email))).toMatchObject({ limit: 'login' })
})
