import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { failingQuietly } from '#shared/composition/background.ts'
import { Fault } from '#shared/requests/fault.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { destination, type LogLine, log } from '#shared/runtime/log.ts'
import { loggedError } from '#shared/runtime/logged-error.ts'
import { leaksOf, marks } from '#tests/support/leaks.ts'

const lines: LogLine[] = []
beforeEach(() => {
  lines.length = 0
  destination.replace((line) => void lines.push(line))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const email = 'personal-mark@example.com'

function caught(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  throw new Error('Nothing was thrown')
}

/** Errors of every source, each with something personal in it. */
const dangerous: Record<string, Error> = {
  'a piece of JSON that could not be parsed': caught(() => JSON.parse('jo@ex.com')),
  'the item that stood in the way of a transaction': new TransactionCanceledException({
    message: `cancelled for ${email}`,
    $metadata: { httpStatusCode: 400, requestId: 'AWS-REQUEST-1' },
    CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: { email: { S: email } } }],
  }),
  'fields that fail validation, named by the caller': caught(() =>
    z.strictObject({ a: z.string() }).parse({ a: 1, [email]: email }),
  ),
  'a member of a record': caught(() => z.record(z.string(), z.number()).parse({ [email]: 'x' })),
  'its cause': new Fault('Something failed', { cause: new Error(email, { cause: new Error(email) }) }),
  'a name and a code': Object.assign(new Error('x'), { name: email, code: email }),
  'lines that look like calls': new Error(`x\n    at ${email} (${email}:1:2)\n    at /${email}:1:1`),
  'members of its own': Object.assign(new Error('x'), { user: { email }, toJSON: () => email }),
}

describe('the log of an error', () => {
  test.each(Object.entries(dangerous))('leaves out %s', (_, error) => {
    const logged = loggedError(error)
    expect(leaksOf(JSON.stringify(logged))).toEqual([])
    expect(logged.at.length).toBeGreaterThan(0)
    // Otherwise the detector would never find anything.
    expect(leaksOf(`${error.name} ${error.message} ${JSON.stringify(error)} ${error.cause}`)).not.toEqual([])
  })

  test('has the place in our code', () => {
    expect(loggedError(new Error(email)).at[0]).toMatch(/^tests\/unit\/log\.test\.ts:\d+:\d+$/)
  })

  test('has the message of a fault, and the code of a refusal', () => {
    expect(loggedError(new Fault('Item is user 3, not user 1'))).toMatchObject({
      name: 'Fault',
      message: 'Item is user 3, not user 1',
    })
    const refusal = loggedError(new Refusal('email_taken', email))
    expect(refusal).toMatchObject({ name: 'Refusal', code: 'email_taken' })
    expect(refusal).not.toHaveProperty('message')
  })

  test('has the request id of AWS', () => {
    const error = dangerous['the item that stood in the way of a transaction']
    expect(loggedError(error)).toMatchObject({
      name: 'TransactionCanceledException',
      status: 400,
      service_request_id: 'AWS-REQUEST-1',
    })
  })

  test('has the paths that failed validation', () => {
    const error = caught(() => z.object({ lines: z.array(z.object({ quantity: z.int() })) }).parse({ lines: [{}] }))
    expect(loggedError(error).issues).toEqual(['lines.0.quantity: invalid_type'])
  })

  test.each([email, 42, null, undefined, { email }])(
    'leaks nothing when what was thrown is not an error: %j',
    (thrown) => {
      expect(leaksOf(JSON.stringify(loggedError(thrown)))).toEqual([])
    },
  )
})

describe('a log line', () => {
  test('withholds a value that is neither an id nor a name in our code', () => {
    log.error('failed', { request_id: 'r-1', route: 'GET /orders/{id}', code: email, status: 500 })
    expect(lines[0]).toMatchObject({ request_id: 'r-1', route: 'GET /orders/{id}', code: '(withheld)', status: 500 })
  })

  test('withholds a whole list when one of its values is not an id', () => {
    log.info('ordersProcessed', { request_id: 'r-1', orders: 2, order_ids: ['ord_1', 'ord_2'] })
    log.info('ordersProcessed', { request_id: 'r-1', orders: 2, order_ids: ['ord_1', email] })
    expect(lines.map(({ order_ids }) => order_ids)).toEqual([['ord_1', 'ord_2'], '(withheld)'])
  })

  test('has the trace id, if there is one', () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1')
    log.info('served', { request_id: 'r-1' })
    expect(lines[0]).toMatchObject({ level: 'INFO', trace_id: '1-67891233-abcdef012345678912345678' })
  })

  test('below the configured level is not written', () => {
    log.debug('runFinished', { request_id: 'r-1' })
    expect(lines).toEqual([])
  })
})

test('an error that a function throws, and Lambda logs, leaks no more than the log', async () => {
  const failing = failingQuietly('run-1', () => Promise.reject(new TypeError(email)))
  const error = await failing.catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ message: 'Failed with TypeError; the log says where.' })
  expect(error).not.toHaveProperty('cause')
  expect(lines).toMatchObject([{ level: 'ERROR', request_id: 'run-1', error: { name: 'TypeError' } }])
  expect(leaksOf(`${(error as Error).stack}${JSON.stringify(lines)}`)).toEqual([])
})

test.each([
  ['an e-mail', '{"to":"jo@example.com"}'],
  ['a bearer token', 'Authorization: Bearer x'],
  ['a bearer token', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl'],
  ['a refresh token', `${'a'.repeat(22)}.12.${'b'.repeat(43)}`],
  ['a password hash', '$2b$10$abcdefghijklmnopqrstuv'],
  ['a network address', 'connect ECONNREFUSED 127.0.0.1:8000'],
  ...marks.map((mark) => ['a mark of a test', `"${mark}"`]),
])('the leak detector finds %s in %s', (name, line) => {
  expect(leaksOf(line ?? '')).toContain(name)
})

test('the leak detector accepts an ordinary line', () => {
  const line = { level: 'INFO', message: 'request served', timestamp: '2026-11-21T02:09:49.123Z', request_id: 'x.y' }
  const error = { name: 'Error', at: ['node_modules/@aws-sdk/client-dynamodb/dist-es/x.js:1:2'] }
  expect(leaksOf(JSON.stringify({ ...line, route: 'POST /orders/{id}/ship', error }))).toEqual([])
})
