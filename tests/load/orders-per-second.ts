import { crowd } from '#tests/support/crowd.ts'
import { startLocalStack } from '#tests/support/local-stack.ts'
import { newKey } from '#tests/support/people.ts'
import { openShop, stocked } from './shop.ts'

const clients = 64
const bound = { requests: 10_000, seconds: 20 }

/** Percentile by nearest rank. */
const percentile = (sorted: number[], share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0

/** Sends until the count or the time is used up; prints the rate and how long the answers took. */
async function measure<R>(name: string, request: (n: number) => Promise<R>): Promise<R[]> {
  const durations: number[] = []
  const answers: R[] = []
  const startedAt = performance.now()
  await crowd(clients, Array(bound.requests).fill(undefined), async (_, n) => {
    const sentAt = performance.now()
    if (sentAt - startedAt > bound.seconds * 1000) return
    answers.push(await request(n))
    durations.push(performance.now() - sentAt)
  })
  const elapsed = (performance.now() - startedAt) / 1000
  durations.sort((a, b) => a - b)
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(durations, share).toFixed(0))
  process.stdout.write(
    `${name.padEnd(18)} ${(answers.length / elapsed).toFixed(0)}/s (${answers.length} in ${elapsed.toFixed(1)} s, p50 ${p50} ms, p99 ${p99} ms)\n`,
  )
  return answers
}

const stack = await startLocalStack({ isRecorded: false, environment: { LOG_LEVEL: 'ERROR' } })
try {
  const shop = await openShop(stack)
  const { customer, troubles } = shop
  const sku = await stocked(shop, bound.requests)
  process.stdout.write(`${clients} clients, one SKU, one bucket\n`)
  const created = await measure('create and reserve', () =>
    customer.createOrder({ body: { lines: [{ sku, quantity: 1 }] }, headers: newKey() }),
  )
  const reserved = created.flatMap(({ ok, body }) => (ok && body.status === 'RESERVED' ? [body.id] : []))
  const read = await measure('GET', (n) => customer.getOrder({ params: { id: reserved[n % reserved.length] ?? '' } }))
  const bad =
    troubles.serverErrors + troubles.lost + (created.length - reserved.length) + read.filter(({ ok }) => !ok).length
  if (bad > 0) {
    process.stderr.write(`${bad} requests went wrong: ${JSON.stringify(troubles)}\n`)
    process.exitCode = 1
  }
} finally {
  await stack.stop()
}
