import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, startEngine } from '#infra/local/engine.ts'
import { createClient } from '#shared/api/client.ts'
import { counts, isFullProof } from '#tests/support/counts.ts'
import { scanTable, violationsOf } from '#tests/support/invariants.ts'
import { type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { newProgram } from '#tests/support/people.ts'
import { openShop, type Shop, stocked } from './shop.ts'

/** Limit on an otherwise idle machine; a busy one only has to answer before the request's own deadline. */
const promptly = isFullProof ? 1000 : 4000

const patient = { timeout: 300_000, interval: 50 }

let folder: string
let engine: Engine
let stack: LocalStack
let shop: Shop

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-engine-'))
  engine = await startEngine(folder, undefined)
  const environment = { DYNAMODB_ENDPOINT: engine.endpoint, TABLE_SILENCE_MILLISECONDS: '' }
  stack = await startLocalStack({ environment })
  shop = await openShop(stack)
})
afterAll(async () => {
  await stack.stop()
  await engine.stop()
  rmSync(folder, { recursive: true })
})

/** How one request was answered; times in epoch milliseconds. */
interface Answer {
  key: string
  sentAt: number
  answeredAt: number
  status: number
  code: string | undefined
  retryAfter: string | null
  id: string | undefined
}

async function createOrder(sku: string, key: string): Promise<Answer> {
  const sentAt = Date.now()
  const response = await fetch(`${stack.baseUrl}/orders`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${shop.customer.tokens.access_token}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
    },
    body: JSON.stringify({ lines: [{ sku, quantity: 1 }] }),
  })
  const { id, code } = (await response.json()) as { id?: string; code?: string }
  const retryAfter = response.headers.get('retry-after')
  return { key, sentAt, answeredAt: Date.now(), status: response.status, code, retryAfter, id }
}

/** So many clients place orders continuously; each repeats a key until it is acknowledged. */
function startLoad(sku: string, clients: number) {
  const answers: Answer[] = []
  let isOver = false
  const client = async () => {
    while (!isOver) {
      const key = randomUUID()
      for (let isAnswered = false; !isAnswered; ) {
        const answer = await createOrder(sku, key)
        answers.push(answer)
        isAnswered = answer.status < 500
        if (!isAnswered) await delay(50)
      }
    }
  }
  const done = Promise.all(Array.from({ length: clients }, client))
  return {
    answers,
    acknowledged: () => answers.filter(({ status }) => status === 201),
    async end(): Promise<void> {
      isOver = true
      await done
    },
  }
}

const ready = async (): Promise<{ status: number; milliseconds: number }> => {
  const startedAt = Date.now()
  const { status } = await createClient({ baseUrl: stack.baseUrl }).getReadiness()
  return { status, milliseconds: Date.now() - startedAt }
}

const enginePid = (): number => (JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8')) as { pid: number }).pid

const outages = {
  'is frozen and thawed': {
    stop: async () => void process.kill(enginePid(), 'SIGSTOP'),
    resume: async () => void process.kill(enginePid(), 'SIGCONT'),
  },
  'is killed and started again': {
    stop: async () => void process.kill(enginePid(), 'SIGKILL'),
    resume: async () => {
      engine = await startEngine(folder, undefined, Number(new URL(engine.endpoint).port))
    },
  },
}

test.each(Object.entries(outages))(
  'when the engine %s under load, answers are prompt 503s until it recovers',
  async (name, { stop, resume }) => {
    const sku = await stocked(shop, 100_000)
    const load = startLoad(sku, counts.clients / 2)
    await expect.poll(() => load.acknowledged().length, patient).toBeGreaterThan(counts.outageOrders)
    expect((await ready()).status).toBe(200)

    // No one has read this key yet, so the authorizer has to ask the table.
    const program = await newProgram(stack.baseUrl, shop.admin, { role: 'user' })
    const stoppedAt = Date.now()
    await stop()
    const refusedSince = () =>
      load.answers.filter(({ status, answeredAt }) => status === 503 && answeredAt > stoppedAt).length
    await expect.poll(refusedSince, patient).toBeGreaterThan(counts.outageOrders)
    const unready = await ready()
    expect(unready.status).toBe(503)
    expect(unready.milliseconds).toBeLessThan(promptly)
    expect((await createClient({ baseUrl: stack.baseUrl }).getLiveness()).status).toBe(200)
    const unread = await fetch(`${stack.baseUrl}/orders`, { headers: { Authorization: `Bearer ${program.key}` } })
    expect(unread.headers.get('retry-after')).toBe('1')
    expect(await unread.json()).toMatchObject({ status: 503, code: 'unavailable', retryable: true })
    const resumedAt = Date.now()
    await resume()

    await expect.poll(async () => (await ready()).status, patient).toBe(200)
    const enough = load.acknowledged().length + counts.outageOrders
    await expect.poll(() => load.acknowledged().length, patient).toBeGreaterThan(enough)
    await load.end()

    const during = load.answers.filter(({ status, answeredAt }) => status !== 201 && answeredAt > stoppedAt)
    expect(new Set(during.map(({ status, code, retryAfter }) => `${status} ${code} ${retryAfter}`))).toEqual(
      new Set(['503 unavailable 1']),
    )
    const times = during
      .map(({ sentAt, answeredAt }) => answeredAt - Math.max(sentAt, stoppedAt))
      .toSorted((a, b) => a - b)
    const longest = times.at(-1) ?? 0
    if (isFullProof) {
      const median = times[Math.floor(times.length / 2)]
      const back = Math.min(
        ...load
          .acknowledged()
          .map(({ answeredAt }) => answeredAt)
          .filter((at) => at > resumedAt),
      )
      process.stdout.write(
        `The engine ${name}: ${times.length} answers of 503, median ${median} ms, at most ${longest} ms; ready 503 after ${unready.milliseconds} ms; served again after ${back - resumedAt} ms\n`,
      )
    }
    expect(longest).toBeLessThan(promptly)

    // One order per key, however often it was sent; every acknowledged order exists.
    const items = await scanTable(engine.endpoint)
    expect(violationsOf(items)).toEqual([])
    const acknowledged = new Set(load.acknowledged().map(({ id }) => id))
    const keys = new Set(load.answers.map(({ key }) => key))
    const stored = items.filter((item) => {
      const [line] = (item['lines'] ?? []) as { sku?: string }[]
      return item['entity'] === 'order' && line?.sku === sku
    })
    expect(stored).toHaveLength(keys.size)
    expect(stored.every((item) => acknowledged.has(String(item['id'])))).toBe(true)
  },
)
