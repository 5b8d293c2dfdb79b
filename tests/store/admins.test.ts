import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { CallerContext, Role } from '#shared/requests/caller.ts'
import { updateUser } from '#shared/users/administration.ts'
import { createUser } from '#shared/users/registration.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { overtaken, useWorld } from './world.ts'

const world = useWorld()

async function somebody(role: Role): Promise<CallerContext> {
  const request = { email: `${randomUUID()}@example.com`, password: 'a-good-password', role }
  const { result } = await createUser(world.services, { request, once: onceOf(randomUUID(), request) })
  return contextOf(role, result.id, Number.POSITIVE_INFINITY)
}

const disable = (by: CallerContext, { caller: { id } }: CallerContext, services = world.services) =>
  updateUser(services, by, { id, change: { disabled: true } })

const isDisabled = async ({ caller }: CallerContext) => (await world.services.store.users.get(caller.id))?.disabled

describe('two admins who disable each other', () => {
  test('at the same moment leave one of them', async () => {
    const [one, other] = [await somebody('admin'), await somebody('admin')]
    // Each has read the other as an admin when the first of them writes.
    const late = disable(
      one,
      other,
      overtaken(world.services, () => disable(other, one)),
    )
    await expect(late).rejects.toMatchObject({ code: 'not_authenticated' })
    expect([await isDisabled(one), await isDisabled(other)]).toEqual([true, false])
  })

  test('many times at once always leave one of them', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, other] = [await somebody('admin'), await somebody('admin')]
      const outcomes = await Promise.allSettled([disable(one, other), disable(other, one)])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect([await isDisabled(one), await isDisabled(other)].filter(Boolean)).toHaveLength(1)
    }
  })

  test('does not concern those who were none', async () => {
    const [admin, user] = [await somebody('admin'), await somebody('user')]
    await disable(admin, user)
    expect(await isDisabled(user)).toBe(true)
  })
})

describe('a request that writes', () => {
  const accountOf = async ({ caller }: CallerContext) => {
    const account = await world.services.store.users.get(caller.id)
    if (!account) throw new Error('The account is gone')
    return account
  }
  const refusal = new Error('Not any more')

  test('of somebody who may not any more reads nothing and writes nothing, however often it tries', async () => {
    const user = await somebody('user')
    const before = await accountOf(user)
    const { store } = world.guardedBy({
      callerId: before.id,
      admit: (account) => {
        expect(account).toMatchObject({ role: 'user', disabled: false, must_change_password: false })
        throw refusal
      },
    })
    const write = () => store.transact([store.users.replace(before, { ...before, name: 'Written', version: 2 })])
    await expect(write()).rejects.toBe(refusal)
    await expect(store.users.get(before.id)).rejects.toBe(refusal)
    await expect(store.products.get('SKU')).rejects.toBe(refusal)
    await expect(write()).rejects.toBe(refusal)
    expect(await accountOf(user)).toEqual(before)
  })

  test('asks for the account once, also where it reads that account itself', async () => {
    const user = await somebody('user')
    const seen: unknown[] = []
    const { store } = world.guardedBy({ callerId: user.caller.id, admit: (account) => seen.push(account) })
    const before = await store.users.get(user.caller.id)
    expect(before).toEqual(await accountOf(user))
    await store.transact([store.users.replace(await accountOf(user), { ...(await accountOf(user)), version: 2 })])
    expect([seen.length, (await accountOf(user)).version]).toEqual([1, 2])
  })
})
