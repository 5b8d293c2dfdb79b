import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hour, shown, useKeys } from './key-world.ts'

const { world, configured, create, rotate, authorize } = useKeys()

/** Calls to the table since the last look. */
let calls: string[] = []
beforeAll(() => {
  world.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.push(commandName.replace(/Command$/, ''))
        return next(args)
      },
    { step: 'initialize', name: 'calls' },
  )
})
beforeEach(() => {
  calls = []
})
const callsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
  calls = []
  await work().catch(() => undefined)
  return calls
}

describe('the authorizer', () => {
  test('says which key it is, with which role, and until when', async () => {
    const expires_at = new Date(world.clock.now() + 90_500).toISOString()
    const [forever, limited] = [await create(), await create({ role: 'editor', expires_at })]
    expect(await authorize(shown(forever))).toEqual({
      ...{ sub: forever.result.id, generation: 1, role: 'integration' },
      exp: Date.parse('9999-12-31T23:59:59.999Z') / 1000,
    })
    expect(await authorize(shown(limited))).toMatchObject({
      role: 'editor',
      exp: world.clock.now() / 1000 + 90.5,
    })
  })

  test('reads a key once a minute, and notes its use once an hour', async () => {
    const key = shown(await create())
    expect(await callsOf(() => authorize(key))).toEqual(['GetItem', 'UpdateItem'])
    expect(await callsOf(() => authorize(key))).toEqual([])
    world.clock.pass(2)
    expect(await callsOf(() => authorize(key))).toEqual(['GetItem'])
    world.clock.pass(hour)
    expect(await callsOf(() => authorize(key))).toEqual(['GetItem', 'UpdateItem'])
    expect(await callsOf(() => authorize(key))).toEqual([])
  })

  test('refuses what is no key of this stage without reading anything', async () => {
    const key = shown(await create())
    const wrong = key.endsWith('0') ? '1' : '0'
    const other = shown(await create({}, configured({ STAGE: 'staging' })))
    for (const bearer of [`${key.slice(0, -1)}${wrong}`, other, `${key}x`, 'hf_', key.toUpperCase()]) {
      calls = []
      expect(await authorize(bearer), bearer).toBe('Unauthorized')
      expect(calls, bearer).toEqual([])
    }
  })

  test('accepts a key that was rotated a moment ago, although it has the record of before', async () => {
    const first = await create()
    await authorize(shown(first))
    const second = await rotate(first.result.id)
    expect(await authorize(shown(second))).toMatchObject({ generation: 2 })
  })

  test('refuses a key at the moment it expires, whatever it remembers', async () => {
    const key = shown(await create({ expires_at: new Date(world.clock.now() + 30_000).toISOString() }))
    world.clock.time += 29_999
    expect(await authorize(key)).toMatchObject({ role: 'integration' })
    world.clock.time += 1
    expect(await authorize(key)).toBe('Unauthorized')
  })

  test('accepts a key although its use cannot be noted', async () => {
    const key = shown(await create())
    const { store } = world.services
    const noteUse = () => Promise.reject(new Error('throttled'))
    const services = { ...world.services, store: { ...store, apiKeys: { ...store.apiKeys, noteUse } } }
    expect(await authorize(key, services)).toMatchObject({ role: 'integration' })
  })

  test('fails, and does not refuse, when the table does not answer', async () => {
    const key = shown(await create())
    const { store } = world.services
    const readForUse = () => Promise.reject(new Error('no answer'))
    const services = { ...world.services, store: { ...store, apiKeys: { ...store.apiKeys, readForUse } } }
    expect(await authorize(key, services)).toBe('no answer')
  })
})
