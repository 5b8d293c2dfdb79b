import { describe, expect, test } from 'vitest'
import type { Engine } from '#infra/local/engine.ts'
import { superviseEngine } from '#infra/local/supervised-engine.ts'

const endpoint = 'http://127.0.0.1:8000'

/** Engines that end when the test says so, and a clock that passes as long as is slept. */
function world() {
  const ports: (number | undefined)[] = []
  const reports: string[] = []
  const pauses: number[] = []
  let stopped = 0
  let end: (how: string) => void = () => undefined
  let refusal: Error | undefined
  let time = 0
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      pauses.push(milliseconds)
      time += milliseconds
    },
  }
  const start = async (port?: number): Promise<Engine> => {
    ports.push(port)
    if (refusal) throw refusal
    const { promise: ended, resolve } = Promise.withResolvers<string>()
    end = resolve
    return {
      endpoint,
      ended,
      stop: async () => {
        stopped += 1
        resolve('signal SIGTERM')
      },
    }
  }
  return {
    ports,
    reports,
    pauses,
    stopped: () => stopped,
    supervise: () => superviseEngine(start, clock, (sentence) => reports.push(sentence)),
    pass: (milliseconds: number) => {
      time += milliseconds
    },
    refuse: (error: Error) => {
      refusal = error
    },
    /** The engine stops by itself. */
    async die(how = 'signal SIGKILL'): Promise<void> {
      const before = ports.length
      end(how)
      for (let n = 0; n < 50 && ports.length === before; n += 1) await Promise.resolve()
    },
  }
}

describe('an engine that stops by itself', () => {
  test('is started again on the same port, and that is reported', async () => {
    const { supervise, die, ports, reports } = world()
    const engine = await supervise()
    await die()
    expect(ports).toEqual([undefined, 8000])
    expect(reports).toEqual(['The DynamoDB engine stopped (signal SIGKILL). Starting it again.'])
    await engine.stop()
  })

  test('is started five times within a minute, after longer and longer pauses; then supervision fails', async () => {
    const { supervise, die, ports, pauses } = world()
    const engine = await supervise()
    for (let n = 0; n < 6; n += 1) await die('exit code 1: disk full')
    await expect(engine.failed).rejects.toThrow('stopped 6 times within a minute (exit code 1: disk full)')
    expect(pauses).toEqual([100, 200, 400, 800, 1600])
    expect(ports).toHaveLength(6)
    await engine.stop()
  })

  test('is started again however often, when it runs for longer in between', async () => {
    const { supervise, die, pass, ports, pauses } = world()
    const engine = await supervise()
    for (let n = 0; n < 20; n += 1) {
      pass(60_000)
      await die()
    }
    expect(ports).toHaveLength(21)
    expect(new Set(pauses)).toEqual(new Set([100]))
    await engine.stop()
  })

  test('and cannot be started any more ends supervision with the reason', async () => {
    const { supervise, die, refuse } = world()
    const engine = await supervise()
    refuse(new Error('The port is taken'))
    await die()
    await expect(engine.failed).rejects.toThrow('stopped 6 times within a minute (The port is taken)')
    await engine.stop()
  })
})

test('an engine that is stopped is not started again', async () => {
  const { supervise, ports, stopped, reports } = world()
  const engine = await supervise()
  await engine.stop()
  expect([ports.length, stopped(), reports]).toEqual([1, 1, []])
})

test('an engine that cannot be started the first time fails at once', async () => {
  const { supervise, refuse, ports } = world()
  refuse(new Error('No DynamoDB engine for this machine.'))
  await expect(supervise()).rejects.toThrow('No DynamoDB engine')
  expect(ports).toHaveLength(1)
})
