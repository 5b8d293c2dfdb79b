import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counts, isFullProof } from '#tests/support/counts.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, password, signInAdmin } from '#tests/support/people.ts'

/** Failed logins that one address has by default, in a minute of the clock. */
const perAddress = 20

const { spraying } = counts
const accounts = Array.from({ length: spraying.accounts }, () => `${randomUUID()}@example.com`)
const guesses = Array.from({ length: spraying.guesses }, (_, n) => `a-wrong-password-${n}`)
const addresses = Array.from({ length: spraying.addresses }, (_, n) => `127.0.1.${n + 1}`)

const tries = accounts.flatMap((email, a) =>
  guesses.map((guess, g) => ({ email, guess, address: addresses[(a + g) % addresses.length] })),
)

let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack({ environment: { RATE_LIMIT_REQUESTS: '' } })
  const admin = await signInAdmin(stack.baseUrl, adminPassword)
  for (const email of accounts) expectStatus(await admin.createUser({ body: { email, password } }), 201)
})
afterAll(() => stack.stop())

/** A login from one of the addresses that the loopback interface has. @returns the status */
const logInFrom = (localAddress: string, email: string, secret: string): Promise<number> =>
  new Promise((done, failed) => {
    const body = JSON.stringify({ email, password: secret })
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
    request(`${stack.baseUrl}/auth/login`, { method: 'POST', localAddress, headers }, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode ?? 0))
    })
      .on('error', failed)
      .end(body)
  })

// Only Linux lets a client choose among the addresses of its loopback interface.
test.runIf(process.platform === 'linux')(
  `of ${tries.length} guesses at ${accounts.length} accounts from ${addresses.length} addresses a minute lets through 20 for each address, and others still get in`,
  async () => {
    const startedAt = Date.now()
    // Each address makes one guess after the other, all at the same time.
    const attack = async (address: string): Promise<number[]> => {
      const found: number[] = []
      for (const { email, guess } of tries.filter((one) => one.address === address)) {
        found.push(await logInFrom(address, email, guess))
      }
      return found
    }
    const statuses = (await Promise.all(addresses.map(attack))).flat()
    const seconds = (Date.now() - startedAt) / 1000
    const evaluated = statuses.filter((status) => status === 401).length
    expect(statuses.filter((status) => status !== 401 && status !== 429)).toEqual([])
    // A minute of the clock may begin on the way.
    const windows = Math.floor(Date.now() / 60_000) - Math.floor(startedAt / 60_000) + 1
    expect(evaluated).toBeLessThanOrEqual(addresses.length * perAddress * windows)
    expect(evaluated).toBeGreaterThan(0)
    if (isFullProof)
      process.stdout.write(`${evaluated} of ${tries.length} guesses evaluated in ${seconds.toFixed(1)} s\n`)
    for (const email of accounts.slice(0, 8)) expect(await logInFrom('127.0.2.1', email, password)).toBe(200)
  },
)
