import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { type LocalStack, mailFolder, startLocalStack } from '#tests/support/local-stack.ts'
import { codeIn, mailbox, subjects } from '#tests/support/mailbox.ts'
import { expectStatus, password, signIn } from '#tests/support/people.ts'

let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack({ environment: { UNVERIFIED_MAIL: 'deny' } })
})
afterAll(() => stack.stop())

test('an address that is not verified gets codes and nothing else, however much is ordered for it', async () => {
  const [email, name] = [`${randomUUID()}@example.com`, 'Win a prize! Call +1-900-555 now']
  const anyone = createClient({ baseUrl: stack.baseUrl })
  const mails = mailbox(mailFolder(stack), email)
  expectStatus(await anyone.register({ body: { email, password, name } }), 201)
  const person = await signIn(stack.baseUrl, email, password)
  const order = async () => expectStatus(await person.createSimulatedOrder({ body: { success: true } }), 201)
  for (let n = 0; n < 20; n += 1) await order()
  // Asked for after the orders, so their mails would be there when this one is.
  const code = await mails.nextCode(subjects.verification, () => person.requestEmailVerification())
  const received = await mails.all()
  expect(received.map(({ subject }) => subject)).toEqual([subjects.verification, subjects.verification])
  for (const { text } of received) expect(text).not.toContain('900')

  expectStatus(await person.confirmEmail({ body: { code } }), 204)
  const { number } = await order()
  const mail = await mails.first(`Your order ${number} is reserved`)
  expect(mail.text).toContain(`Hello ${name},`)
})

test('an address that someone else registered is taken back with a code, and their sessions end', async () => {
  const email = `${randomUUID()}@example.com`
  const anyone = createClient({ baseUrl: stack.baseUrl })
  expectStatus(await anyone.register({ body: { email, password } }), 201)
  const squatter = await signIn(stack.baseUrl, email, password)
  const ask = () => anyone.requestPasswordReset({ body: { email } })
  const code = codeIn(await mailbox(mailFolder(stack), email).next(subjects.reset, ask))
  const body = { email, code, new_password: 'quite-another-password' }
  expectStatus(await anyone.resetPassword({ body }), 204)
  expect(await squatter.createSimulatedOrder({ body: { success: true } })).toMatchObject({ status: 401 })
  const owner = await signIn(stack.baseUrl, email, body.new_password)
  expect(owner.tokens.user_info).toMatchObject({ email_verified: true })
})
