import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { operations } from '#shared/api/operations.ts'
import { problems } from '#shared/requests/refusal.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newProduct, type Person, signInAdmin } from '#tests/support/people.ts'
import { codeProvocations } from './code-provocations.ts'
import { accountProvocations, type Provocations, stockProvocations } from './error-provocations.ts'
import { orderProvocations } from './order-provocations.ts'
import { userProvocations } from './user-provocations.ts'

const baseUrl = inject('baseUrl')
let admin: Person
let strict: LocalStack
let provocations: Provocations

beforeAll(async () => {
  strict = await startLocalStack({
    environment: {
      SIMULATED_ORDERS: 'off',
      RATE_LIMIT_REQUESTS: '1',
      EVENTS_PER_ORDER: '10',
      UNITS_PER_USER: '5',
      API_KEY_LIMIT: '0',
      REFRESHES_PER_MINUTE: '1',
      CODE_REQUESTS_PER_HOUR: '1',
    },
  })
  admin = await signInAdmin(baseUrl, inject('adminPassword'))
  provocations = {
    ...accountProvocations(baseUrl, admin, { baseUrl: strict.baseUrl, adminPassword }),
    ...codeProvocations(baseUrl, admin, { baseUrl: strict.baseUrl, adminPassword }),
    ...userProvocations(baseUrl, admin),
    ...stockProvocations(admin),
    ...orderProvocations(admin, { baseUrl: strict.baseUrl, adminPassword }),
  }
})
afterAll(() => strict.stop())

const declared = operations.flatMap(({ operation, route }) => route.errors.map((code) => ({ operation, code })))

describe('an error that an operation declares as its own', () => {
  test.each(declared)('$operation answers $code', async ({ operation, code }) => {
    const provoke = provocations[operation]?.[code]
    if (!provoke) throw new Error(`Nothing provokes ${code} of ${operation}`)
    const { status, body } = await provoke()
    const { title, retryable } = problems[code]
    expect({ status, body }).toMatchObject({ status: problems[code].status, body: { code, status, title, retryable } })
  })
})

test('every error that is provoked here is declared by its operation', () => {
  const provoked = Object.entries(provocations).flatMap(([operation, codes]) =>
    Object.keys(codes).map((code) => `${operation} ${code}`),
  )
  expect(provoked.toSorted()).toEqual(declared.map(({ operation, code }) => `${operation} ${code}`).toSorted())
})

test('of concurrent changes some are refused; each of the others adds one version', async () => {
  const sku = await newProduct(admin)
  const replies = await Promise.all(
    Array.from({ length: 24 }, (_, n) => admin.updateProduct({ params: { sku }, body: { unit_price: n } })),
  )
  const taken = replies.filter(({ status }) => status === 200)
  for (const reply of replies.filter(({ status }) => status !== 200)) {
    expect(reply).toMatchObject({ status: 409, body: { code: 'concurrent_update', retryable: true } })
  }
  expect(taken.length).toBeGreaterThan(0)
  expect(taken.length).toBeLessThan(replies.length)
  const product = expectStatus(await admin.getProduct({ params: { sku } }), 200)
  expect(product.version).toBe(1 + taken.length)
})
