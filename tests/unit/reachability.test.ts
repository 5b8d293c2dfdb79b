import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient, persist } from '#shared/dynamodb/connection.ts'
import { Reachability } from '#shared/dynamodb/reachability.ts'
import { systemClock } from '#shared/runtime/clock.ts'

const patience = 800

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const refused = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))
const throttled = () => Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }))
const silent = () => new Promise<never>(() => undefined)
const answersAfter = (milliseconds: number) => systemClock.sleep(milliseconds).then(() => 'answer')

/** A process and its requests to a table. */
function world() {
  const reachability = new Reachability(systemClock, patience)
  let attempts = 0
  const request = (table: () => Promise<unknown>, secondsLeft = 9.5) => {
    const startedAt = Date.now()
    const connection = {
      client: createClient('http://127.0.0.1:1'),
      table: 'holdfast',
      clock: systemClock,
      random: () => 0.5,
      reachability,
      deadline: startedAt + secondsLeft * 1000,
    }
    const attempt = () => {
      attempts += 1
      return table()
    }
    return persist(connection, attempt).then(
      (result) => ({ result, after: Date.now() - startedAt }),
      (error: { code: string }) => ({ code: error.code, after: Date.now() - startedAt }),
    )
  }
  return {
    request,
    /** Attempts of all requests so far. */
    attempts: () => attempts,
    /** Makes a request that fails because the table stays silent. */
    async lose(): Promise<void> {
      const losing = request(refused)
      await vi.advanceTimersByTimeAsync(2000)
      await losing
    },
  }
}

async function settled<T>(outcome: Promise<T>, within = 20_000): Promise<T> {
  await vi.advanceTimersByTimeAsync(within)
  return outcome
}

describe('a table that does not answer', () => {
  test.each([
    ['refuses connections', refused],
    ['accepts them and is silent', silent],
  ])('and %s is abandoned within a second', async (_, table) => {
    const { code, after } = (await settled(world().request(table))) as { code: string; after: number }
    expect(code).toBe('unavailable')
    expect(after).toBeGreaterThanOrEqual(patience)
    expect(after).toBeLessThan(1000)
  })

  test('is abandoned sooner by a request that arrives during its silence', async () => {
    const { request } = world()
    const first = request(silent)
    await vi.advanceTimersByTimeAsync(700)
    const late = request(silent)
    expect(await settled(first)).toMatchObject({ code: 'unavailable' })
    const { after } = await settled(late)
    expect(after).toBeGreaterThanOrEqual(patience / 2)
    expect(after).toBeLessThan(patience / 2 + 10)
  })

  test('is tried by one request now and then, while the others are refused at once', async () => {
    const { request, attempts, lose } = world()
    await lose()
    const before = attempts()
    const outcomes = await settled(Promise.all(Array.from({ length: 50 }, () => request(silent))), 5000)
    expect(outcomes.filter(({ after }) => after === 0)).toHaveLength(49)
    expect(new Set(outcomes.map((outcome) => 'code' in outcome && outcome.code))).toEqual(new Set(['unavailable']))
    expect(Math.max(...outcomes.map(({ after }) => after))).toBeLessThan(patience / 2 + 10)
    expect(attempts() - before).toBe(1)

    const probing = async () => {
      for (let n = 0; n < 20; n += 1) {
        void request(refused)
        await vi.advanceTimersByTimeAsync(100)
      }
    }
    const earlier = attempts()
    await probing()
    expect(attempts() - earlier).toBeLessThanOrEqual(8)
    expect(attempts() - earlier).toBeGreaterThanOrEqual(6)
  })

  test('serves all requests again as soon as it has answered once', async () => {
    const { request, lose } = world()
    await lose()
    expect(
      await settled(
        request(() => answersAfter(10)),
        300,
      ),
    ).toEqual({ result: 'answer', after: 10 })
    const outcomes = await settled(Promise.all(Array.from({ length: 50 }, () => request(() => answersAfter(10)))))
    expect(outcomes).toEqual(Array(50).fill({ result: 'answer', after: 10 }))
  })

  test('counts as reachable again after a time without requests', async () => {
    const { request, lose } = world()
    await lose()
    await vi.advanceTimersByTimeAsync(5000)
    const outcomes = await settled(Promise.all(Array.from({ length: 50 }, () => request(() => answersAfter(10)))))
    expect(outcomes).toEqual(Array(50).fill({ result: 'answer', after: 10 }))
  })
})

describe('a table that answers', () => {
  test('may throttle until a request’s time is up', async () => {
    const { request, attempts } = world()
    const outcome = await settled(request(throttled, 5))
    expect(outcome).toMatchObject({ code: 'unavailable' })
    expect(outcome.after).toBeGreaterThan(4000)
    expect(attempts()).toBeGreaterThan(8)
  })

  test('may leave one attempt unanswered while it answers others', async () => {
    const { request, attempts } = world()
    const slow = request(() => answersAfter(3000))
    for (let n = 0; n < 30; n += 1) {
      void request(() => answersAfter(10))
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(await settled(slow)).toEqual({ result: 'answer', after: 3000 })
    expect(attempts()).toBe(31)
  })

  test('may leave the only attempt unanswered: it is sent again', async () => {
    const { request, attempts } = world()
    const outcome = await settled(request(() => (attempts() === 1 ? silent() : answersAfter(10))))
    expect(outcome).toMatchObject({ result: 'answer' })
    expect(outcome.after).toBeLessThan(patience)
  })

  test('may drop every other connection', async () => {
    const { request, attempts } = world()
    for (let n = 0; n < 40; n += 1) {
      const outcome = request(() => (attempts() % 2 === 0 ? refused() : answersAfter(50)))
      expect(await settled(outcome, 200)).toMatchObject({ result: 'answer' })
    }
  })

  test('is heard in time when this process was suspended', async () => {
    vi.useRealTimers()
    const { request, attempts } = world()
    const outcome = request(() => new Promise((resolve) => setImmediate(() => resolve('answer'))))
    const until = Date.now() + patience
    while (Date.now() < until);
    expect(await outcome).toMatchObject({ result: 'answer' })
    expect(attempts()).toBe(1)
  })
})
