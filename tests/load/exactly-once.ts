import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { OrderStatus } from '#shared/orders/order.ts'
import { counts } from '#tests/support/counts.ts'
import { crowd } from '#tests/support/crowd.ts'
import { scanTable, violationsOf } from '#tests/support/invariants.ts'
import { expectStatus, newKey } from '#tests/support/people.ts'
import { pick, seeded } from '#tests/support/seeded.ts'
import { type Patience, patience, post, type RawAnswer } from './impatient-client.ts'
import { knockAgainMilliseconds, maxRefusals, type Shop, stocked } from './shop.ts'

/** One request that has to take effect once, and everything that was answered to it. */
interface Attempt {
  key: string
  body: string
  answers: RawAnswer[]
}

const copies = 4

/** Out of ten keys six find enough stock, two ask for more than there is, and two compete for one unit. */
const kinds = [
  'plenty',
  'plenty',
  'plenty',
  'plenty',
  'plenty',
  'plenty',
  'short',
  'short',
  'scarce',
  'scarce',
] as const

/**
 * Sends every key four times at once, over connections that break, to a stack that is killed `kills` times on the
 * way. Every client repeats its request blindly until it has an answer.
 */
export async function sendRepeatedly(
  shop: Shop,
  keyCount: number,
  { kills, seed = 1 }: { kills: number; seed?: number },
) {
  const { stack, customer, troubles } = shop
  const plenty = Array.from({ length: keyCount }, (_, n) => kinds[n % kinds.length]).filter((kind) => kind === 'plenty')
  const skus = {
    plenty: await stocked(shop, plenty.length),
    short: await stocked(shop, 4),
    scarce: await stocked(shop, Math.floor(keyCount / kinds.length)),
  }
  const attempts = Array.from({ length: keyCount }, (_, n): Attempt => {
    const kind = kinds[n % kinds.length] ?? 'plenty'
    const lines = [{ sku: skus[kind], quantity: kind === 'short' ? 5 : 1 }]
    return { key: randomUUID(), body: JSON.stringify({ lines, note: `Number ${n}` }), answers: [] }
  })

  const send = ({ key, body }: Pick<Attempt, 'key' | 'body'>, until: Patience) => {
    const headers = { Authorization: `Bearer ${customer.tokens.access_token}`, 'Idempotency-Key': key }
    return post(`${stack.baseUrl}/orders`, { headers, body, until })
  }
  const untilAnswered = async (attempt: Pick<Attempt, 'key' | 'body'>, nextPatience: () => Patience) => {
    for (let refused = 0; ; ) {
      const until = nextPatience()
      const answer = await send(attempt, until)
      if (answer && (answer.status < 500 || refused === maxRefusals)) return answer
      if (answer) {
        refused += 1
        troubles.serverErrors += 1
      } else if (until !== 'waits') troubles.brokenOff += 1
      else {
        troubles.lost += 1
        await delay(knockAgainMilliseconds)
      }
    }
  }

  let finished = 0
  let disaster = Promise.resolve()
  const killAt = new Set(Array.from({ length: kills }, (_, n) => Math.floor(((n + 1) * keyCount) / (kills + 1))))
  await crowd(counts.clients / copies, attempts, async (attempt, n) => {
    const copy = (_: unknown, number: number) => {
      const random = seeded(seed * 1_000_003 + n * copies + number)
      return untilAnswered(attempt, () => (random() < 0.5 ? 'waits' : pick(random, patience)))
    }
    attempt.answers = await Promise.all(Array.from({ length: copies }, copy))
    finished += 1
    if (killAt.has(finished)) disaster = disaster.then(stack.kill).then(stack.restart)
  })
  await disaster
  return {
    attempts,
    skus,
    patiently: (request: Pick<Attempt, 'key' | 'body'>) => untilAnswered(request, () => 'waits'),
  }
}

/** Checks everything that must hold after such a run. */
export async function expectExactlyOnce(shop: Shop, keyCount: number, run: Awaited<ReturnType<typeof sendRepeatedly>>) {
  const { stack, admin, customer } = shop
  const { attempts, skus, patiently } = run
  const firstAnswers = attempts.map(({ answers }) => answers[0]?.body ?? '')
  for (const { answers } of attempts) {
    expect(answers.map(({ status }) => status)).toEqual(Array(copies).fill(201))
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
    expect(answers.filter(({ replayed }) => !replayed).length).toBeLessThanOrEqual(1)
  }

  const items = await scanTable(stack.endpoint)
  expect(violationsOf(items)).toEqual([])
  const stored = items.filter(({ entity, user_id }) => entity === 'order' && user_id === customer.id)
  const acknowledged = firstAnswers.map((body) => JSON.parse(body) as { id: string; status: OrderStatus })
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
  expect(stored).toHaveLength(keyCount)
  expect(stored.map(({ id, status }) => ({ id: String(id), status })).sort(byId)).toEqual(
    acknowledged.map(({ id, status }) => ({ id, status })).sort(byId),
  )
  const statuses = (kind: keyof typeof skus) =>
    acknowledged.filter((_, n) => kinds[n % kinds.length] === kind).map(({ status }) => status)
  expect(new Set(statuses('plenty'))).toEqual(new Set(['RESERVED']))
  expect(new Set(statuses('short'))).toEqual(new Set(['FAILED_RESERVATION']))
  expect(new Set(statuses('scarce'))).toEqual(new Set(['RESERVED', 'FAILED_RESERVATION']))

  // With stock for all of them now, a retry still gets the first answer.
  for (const sku of [skus.short, skus.scarce]) {
    expectStatus(await admin.receiveStock({ body: { sku, quantity: 100_000 }, headers: newKey() }), 201)
  }
  const repeats = await crowd(counts.clients, attempts, patiently)
  expect(repeats.map(({ body }) => body)).toEqual(firstAnswers)
  expect(new Set(repeats.map(({ status, replayed }) => `${status} ${replayed}`))).toEqual(new Set(['201 true']))

  const others = await crowd(counts.clients, attempts, ({ key, body }) =>
    patiently({ key, body: body.replace('Number', 'Another number') }),
  )
  const refusals = others.map(({ status, body }) => `${status} ${(JSON.parse(body) as { code: string }).code}`)
  expect(new Set(refusals)).toEqual(new Set(['422 idempotency_key_reused']))
  // Orders that waited for stock are being reserved meanwhile.
  await expect.poll(async () => violationsOf(await scanTable(stack.endpoint)), { timeout: 60_000 }).toEqual([])
}
