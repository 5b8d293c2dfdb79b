import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Runtime } from '#shared/composition/process.ts'
import { destination } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newAccountEvent } from '#shared/users/account-event.ts'
import { issueCode } from '#shared/users/issue-code.ts'
import { requestPasswordReset, resetPassword } from '#shared/users/password-reset.ts'
import { createUser } from '#shared/users/registration.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { onceOf, runtimeOn } from '#tests/support/in-process.ts'
import { countCalls } from './counting.ts'

let table: Awaited<ReturnType<typeof startBareTable>>
let runtime: Runtime
let services: Services
let measure: ReturnType<typeof countCalls>

beforeAll(async () => {
  table = await startBareTable()
  runtime = runtimeOn(table)
  services = runtime.servicesUntil(Number.POSITIVE_INFINITY)
  measure = countCalls(runtime.client)
  // Security events are logged, with a key that a process reads once.
  destination.replace(() => undefined)
  await services.store.pseudonymKey.ensure('key-of-the-pseudonyms')
  await services.store.pseudonymKey.get()
})
afterAll(async () => {
  runtime.client.destroy()
  await table.stop()
})

const clientAddress = '192.0.2.1'
const newEmail = () => `${randomUUID()}@example.com`

/** A new account with a code. */
async function existing(): Promise<{ email: string; code: string }> {
  const request = { email: newEmail(), password: 'a-good-password' }
  const { result } = await createUser(services, { request, once: onceOf(randomUUID(), request) })
  const user = await services.store.users.get(result.id)
  if (!user) throw new Error('No user')
  const { email } = user
  const event = newAccountEvent(services, { type: 'account.password_reset_requested', email })
  const code = await issueCode(services, { event, user, email, purpose: 'password_reset' })
  return { email, code: code ?? '' }
}

/** The round trips of some work. An update whose condition fails costs the same, but engines do not report it. */
const calls = async (work: () => Promise<unknown>): Promise<string[]> => (await measure(work)).rounds

const ask = (email: string) => () => requestPasswordReset(services, { email, clientAddress })
const confirm = (email: string, code: string) => () =>
  resetPassword(services, { email, code, new_password: 'quite-another-password' }, clientAddress)
const guess = (email: string) => () => expect(confirm(email, 'K7QM-2XWP')()).rejects.toThrow('The code is wrong')

describe('the table is called in the same way whether there is an account or not', () => {
  test('to ask for a new password: two limits and one event', async () => {
    const { email } = await existing()
    const expected = ['UpdateItem ×2', 'TransactWriteItems']
    expect(await calls(ask(email))).toEqual(expected)
    expect(await calls(ask(newEmail()))).toEqual(expected)
  })

  test('to compare a code: a limit around one try', async () => {
    const { email } = await existing()
    const expected = ['PutItem', 'UpdateItem', 'PutItem']
    expect(await calls(guess(email))).toEqual(expected)
    expect(await calls(guess(newEmail()))).toEqual(expected)
  })
})

test('a code that is right costs one read and one transaction more', async () => {
  const { email, code } = await existing()
  const expected = ['PutItem', 'UpdateItem', 'PutItem', 'GetItem', 'TransactWriteItems']
  expect(await calls(confirm(email, code))).toEqual(expected)
})
