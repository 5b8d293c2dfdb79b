import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { CallerContext, Role } from '#shared/requests/caller.ts'
import { updateUser } from '#shared/users/administration.ts'
import { createUser } from '#shared/users/registration.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { overtaken, useWorld } from '#tests/support/world.ts'

const world = useWorld()

async function signedUp(role: Role): Promise<CallerContext> {
  const request = { email: `${randomUUID()}@example.com`, password: 'a-good-password', role }
  const { result } = await createUser(world.services, { request, once: onceOf(randomUUID(), request) })
  return contextOf(role, result.id, Number.POSITIVE_INFINITY)
}

const disable = (by: CallerContext, { caller: { id } }: CallerContext, services = world.services) =>
  updateUser(services, by, { id, change: { disabled: true } })

const isDisabled = async ({ caller }: CallerContext) => (await world.services.store.users.get(caller.id))?.disabled

describe('two admins who disable each other', () => {
  test('at the same moment leave one of them enabled', async () => {
    const [one, other] = [await signedUp('admin'), await signedUp('admin')]
    // Each has read the other as an admin when the first of them writes.
    const late = disable(
      one,
      other,
      overtaken(world.services, () => disable(other, one)),
    )
    await expect(late).rejects.toMatchObject({ code: 'not_authenticated' })
    expect([await isDisabled(one), await isDisabled(other)]).toEqual([true, false])
  })

  test('many times at once always leave one of them enabled', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, other] = [await signedUp('admin'), await signedUp('admin')]
      const outcomes = await Promise.allSettled([disable(one, other), disable(other, one)])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect([await isDisabled(one), await isDisabled(other)].filter(Boolean)).toHaveLength(1)
    }
  })

  test('are not involved when an admin disables a user', async () => {
    const [admin, user] = [await signedUp('admin'), await signedUp('user')]
    await disable(admin, user)
    expect(await isDisabled(user)).toBe(true)
  })
})

describe('a transaction of a request', () => {
  test('waits for the caller to be admitted, and writes nothing when they are not', async () => {
    const user = await signedUp('user')
    const read = () => world.services.store.users.get(user.caller.id)
    const before = await read()
    if (!before) throw new Error('The account is gone')
    const refusal = new Error('Not any more')
    const decision = Promise.withResolvers<void>()
    const { store } = world.guardedBy({ admitted: decision.promise })
    const written = store.transact([store.users.replace(before, { ...before, name: 'Written', version: 2 })])
    decision.reject(refusal)
    await expect(written).rejects.toBe(refusal)
    expect(await read()).toEqual(before)
  })
})
