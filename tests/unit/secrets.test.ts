import { describe, expect, test } from 'vitest'
import { secretSource } from '#shared/runtime/secret-source.ts'
import { secretSources } from '#shared/runtime/secrets.ts'
import { newSecrets } from '#shared/users/new-secrets.ts'

const minute = 60_000

describe('secrets', () => {
  test('are read once for all callers, and again after five minutes', async () => {
    const [first, second] = [await newSecrets(), await newSecrets()]
    const time = { now: 0 }
    let reads = 0
    const load = async () => (reads++ === 0 ? first : second)
    const source = secretSource(load, { now: () => time.now, sleep: async () => undefined })
    expect(await Promise.all([source.current(), source.current()])).toEqual([first, first])
    time.now = 5 * minute - 1
    expect(await source.current()).toEqual(first)
    expect(reads).toBe(1)
    time.now = 5 * minute
    expect(await Promise.all([source.current(), source.current()])).toContainEqual(second)
    expect(await source.current()).toEqual(second)
    expect(reads).toBe(2)
  })

  test('that cannot be reloaded stay in use, and are not reloaded with every call', async () => {
    const known = await newSecrets()
    const time = { now: 0 }
    let reads = 0
    const load = async () => {
      if (reads++ > 0) throw new Error('Secrets Manager is away')
      return known
    }
    const source = secretSource(load, { now: () => time.now, sleep: async () => undefined })
    await source.current()
    time.now = 5 * minute
    expect(await source.current()).toEqual(known)
    expect(await source.current()).toEqual(known)
    expect(reads).toBe(2)
    time.now += 10_000
    expect(await source.current()).toEqual(known)
    expect(reads).toBe(3)
  })

  test('that have never been read are an error, until they can be', async () => {
    const known = await newSecrets()
    let reads = 0
    const load = async (name: keyof typeof known) => (reads++ === 0 ? 'random text' : known[name])
    const { cursor: source } = secretSources(load, { now: () => 0, sleep: async () => undefined })
    await expect(source.current()).rejects.toThrow()
    expect(await source.current()).toEqual(known.cursor)
  })

  test('are read one by one, each only when it is needed', async () => {
    const known = await newSecrets()
    const reads: string[] = []
    const load = async (name: keyof typeof known) => {
      reads.push(name)
      return known[name]
    }
    const sources = secretSources(load, { now: () => 0, sleep: async () => undefined })
    expect(await sources.refresh.current()).toEqual(known.refresh)
    await sources.refresh.current()
    expect(await sources.verification.refreshed()).toEqual(known.verification)
    expect(reads).toEqual(['refresh', 'verification'])
  })
})
