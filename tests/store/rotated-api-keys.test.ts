import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readApiKey } from '#shared/api-keys/read-api-keys.ts'
import { day, hour, shown, useKeys } from './key-world.ts'

const { world, configured, create, rotate, authorize } = useKeys()

describe('a rotated key', () => {
  const isAccepted = async (key: string): Promise<boolean> => typeof (await authorize(key)) === 'object'

  test('works until its grace time is over', async () => {
    const first = await create()
    const { id } = first.result
    const second = await rotate(id)
    expect(second.result.previous_valid_until).toBe(new Date(world.clock.now() + day * 60_000).toISOString())
    world.clock.pass(day - 1)
    expect(await Promise.all([first, second].map((one) => isAccepted(shown(one))))).toEqual([true, true])
    world.clock.pass(1)
    expect(await Promise.all([first, second].map((one) => isAccepted(shown(one))))).toEqual([false, true])
    expect(await readApiKey(world.services, id)).toMatchObject({ previous_valid_until: null })
  })

  test('ends at once where there is no grace time', async () => {
    const first = await create()
    const second = await rotate(first.result.id, randomUUID(), configured({ API_KEY_GRACE_MINUTES: 0 }))
    expect(await Promise.all([first, second].map((one) => isAccepted(shown(one))))).toEqual([false, true])
  })

  test('keeps its own grace time when the rotation is sent again without a key', async () => {
    const first = await create()
    await rotate(first.result.id)
    world.clock.pass(hour)
    const third = await rotate(first.result.id)
    world.clock.pass(day - hour - 1)
    expect(await Promise.all([first, third].map((one) => isAccepted(shown(one))))).toEqual([true, true])
    world.clock.pass(1)
    expect(await Promise.all([first, third].map((one) => isAccepted(shown(one))))).toEqual([false, true])
  })

  test('has five keys at once at most: the oldest end', async () => {
    const first = await create()
    const all = [first]
    for (let n = 0; n < 6; n += 1) all.push(await rotate(first.result.id))
    const accepted = await Promise.all(all.map((one) => isAccepted(shown(one))))
    expect(accepted).toEqual([false, false, true, true, true, true, true])
  })

  test('has a key for each of many rotations at once, and none is lost', async () => {
    const { result } = await create()
    const all = await Promise.all(Array.from({ length: 4 }, () => rotate(result.id)))
    expect(await Promise.all(all.map((one) => isAccepted(shown(one))))).toEqual([true, true, true, true])
  })
})
