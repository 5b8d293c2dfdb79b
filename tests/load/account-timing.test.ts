import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, createClient } from '#shared/api/client.ts'
import { counts, isFullProof } from '#tests/support/counts.ts'
import { adminPassword, type LocalStack, mailFolder, startLocalStack } from '#tests/support/local-stack.ts'
import { mailbox, subjects } from '#tests/support/mailbox.ts'
import { expectStatus, password, signInAdmin } from '#tests/support/people.ts'

/** By how much medians may differ. */
const tolerance = 0.05

/** What medians of short requests differ by from one run to the next. */
const noiseMilliseconds = 2

const many = '1000'

let stack: LocalStack
let anyone: Client
const accounts = Array.from({ length: counts.timings }, () => `${randomUUID()}@example.com`)

async function start(): Promise<void> {
  stack = await startLocalStack({
    environment: {
      // As on AWS, where hashing takes most of the time.
      PASSWORD_HASH_COST: '10',
      RATE_LIMIT_REQUESTS: many,
      LOGIN_FAILURES_PER_ACCOUNT: many,
      LOGIN_FAILURES_PER_ADDRESS: many,
      CODE_REQUESTS_PER_HOUR: many,
      MAILS_PER_HOUR: many,
    },
  })
  anyone = createClient({ baseUrl: stack.baseUrl })
  const admin = await signInAdmin(stack.baseUrl, adminPassword)
  for (const email of [...accounts, lastInLine])
    expectStatus(await admin.createUser({ body: { email, password } }), 201)
}

const lastInLine = `${randomUUID()}@example.com`

/**
 * Waits until the mails of earlier requests are made. Here one process answers and makes mails; on AWS no request meets the
 * mails of another.
 */
async function untilQuiet(): Promise<void> {
  const ask = () => anyone.requestPasswordReset({ body: { email: lastInLine } })
  await mailbox(mailFolder(stack), lastInLine).next(subjects.reset, ask)
}

const newEmail = () => `${randomUUID()}@example.com`

async function milliseconds(work: () => Promise<{ status: number }>, status: number): Promise<number> {
  const startedAt = performance.now()
  const reply = await work()
  expect(reply.status).toBe(status)
  return performance.now() - startedAt
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

async function expectAlike(
  name: string,
  existing: (email: string) => Promise<number>,
  missing: () => Promise<number>,
  prepare: () => Promise<void> = async () => undefined,
): Promise<void> {
  const [times, others]: [number[], number[]] = [[], []]
  for (const email of accounts) {
    await prepare()
    times.push(await existing(email))
    await prepare()
    others.push(await missing())
  }
  const [a, b] = [median(times), median(others)]
  const report = `${name}: ${a.toFixed(1)} ms for existing accounts, ${b.toFixed(1)} ms for missing ones`
  process.stdout.write(`${report}\n`)
  expect(Math.abs(a - b), report).toBeLessThan(Math.max(tolerance * Math.min(a, b), noiseMilliseconds))
}

// Only where nothing else runs; tests/store/equal-work.test.ts counts what takes the time.
describe.runIf(isFullProof)('the time of an answer does not reveal whether there is an account', () => {
  beforeAll(start, 300_000)
  afterAll(() => stack.stop())

  test('to a failed login', () => {
    const logIn = (email: string) => () => anyone.logIn({ body: { email, password: 'a-wrong-password' } })
    return expectAlike(
      'Failed logins',
      (email) => milliseconds(logIn(email), 401),
      () => milliseconds(logIn(newEmail()), 401),
    )
  })

  test('to a request for a new password', () => {
    const ask = (email: string) => () => anyone.requestPasswordReset({ body: { email } })
    return expectAlike(
      'Requests for a new password',
      (email) => milliseconds(ask(email), 202),
      () => milliseconds(ask(newEmail()), 202),
      untilQuiet,
    )
  })

  test('to a wrong code', () => {
    const guess = (email: string) => () =>
      anyone.resetPassword({ body: { email, code: 'K7QM-2XWP', new_password: 'quite-another-password' } })
    return expectAlike(
      'Wrong codes',
      (email) => milliseconds(guess(email), 422),
      () => milliseconds(guess(newEmail()), 422),
    )
  })

  test('to a registration', () => {
    const register = (email: string) => () => anyone.register({ body: { email, password } })
    return expectAlike(
      'Registrations',
      (email) => milliseconds(register(email), 409),
      () => milliseconds(register(newEmail()), 201),
      untilQuiet,
    )
  })
})
