import { describe, expect, test } from 'vitest'
import { erase } from '#shared/jobs/erase.ts'
import { drainMilliseconds } from '#shared/jobs/migrate.ts'
import { changeNote } from '#shared/orders/change-note.ts'
import type { CallerContext } from '#shared/requests/caller.ts'
import type { Services } from '#shared/runtime/services.ts'
import { overtaken, stored } from '#tests/support/world.ts'
import { useErasures } from './erasure-world.ts'
import { mortal } from './mortal.ts'

const { world, longRun, signedUp, ordered, eraseAs, traces, expectFolded, erasures, drained } = useErasures()

describe('a person who is erased', () => {
  test('leaves nothing that they entered in the table', async () => {
    const [admin, person] = [await signedUp('admin'), await signedUp('user')]
    const ids = [await ordered(person, 0), await ordered(person, 1)]
    expect((await traces(person)).length).toBeGreaterThan(10)
    await eraseAs(admin, person)
    expect(await traces(person)).toEqual([])
    for (const id of ids) await expectFolded(id)
    const { fingerprint, last_change } = await stored(world.services, ids[0] ?? '')
    expect([fingerprint, last_change.fingerprint]).toEqual(['', ''])
    expect(await world.services.store.erasures.pending()).toHaveLength(1)
    await drained()
    expect(await world.services.store.erasures.pending()).toEqual([])
    expect(await Promise.all(ids.map(erasures))).toEqual([1, 1])
  })
})

describe('an erasure that dies', () => {
  /** The steps of a request or a run: whatever it writes. */
  const dying = ({ step }: ReturnType<typeof mortal>): Services => {
    const { store } = world.services
    const { erasures: own } = store
    return {
      ...world.services,
      store: {
        ...store,
        transact: (writes) => step(() => store.transact(writes)),
        erasures: {
          ...own,
          advance: (...args) => step(() => own.advance(...args)),
          rewriteEvent: (event) => step(() => own.rewriteEvent(event)),
          removeReason: (row) => step(() => own.removeReason(row)),
        },
      },
    }
  }

  test('at any moment is finished by the job, and each order is erased once', async () => {
    for (let at = 0, moments = 1; at <= moments; at += 1) {
      const [admin, person] = [await signedUp('admin'), await signedUp('user')]
      const id = await ordered(person)
      const life = mortal(at)
      // A request that has erased the account answers, whatever becomes of the orders.
      await life.survives(eraseAs(admin, person, dying(life)))
      moments = Math.max(moments, life.moments())
      await expectFolded(id)
      if (await world.services.store.users.byEmail(person.email)) {
        // Nothing is done: the admin has no answer, and repeats the request.
        expect(await erasures(id)).toBe(0)
        await eraseAs(admin, person)
      }
      await drained()
      expect(await traces(person), `after moment ${at}`).toEqual([])
      expect(await erasures(id)).toBe(1)
      await expectFolded(id)
    }
  })
})

describe('a request of the person that was under way', () => {
  test('and has placed an order leaves no personal data for long', async () => {
    const [admin, person] = [await signedUp('admin'), await signedUp('user')]
    await eraseAs(admin, person)
    const id = await ordered(person)
    expect(await erase(world.services, longRun())).toEqual({
      finished: false,
      orders: 0,
      seconds_to_wait: drainMilliseconds / 1000,
    })
    await drained()
    expect(await traces(person)).toEqual([])
    expect(await erasures(id)).toBe(1)
  })

  test('and has changed an order that was erased makes it be erased again, unlike a note of staff', async () => {
    const [admin, person] = [await signedUp('admin'), await signedUp('user')]
    const [one, two] = [await ordered(person, 0), await ordered(person, 1)]
    await eraseAs(admin, person)
    await changeNote(world.services, person.context, { id: one, note: person.mark })
    await changeNote(world.services, admin.context, { id: two, note: 'Refunded by bank transfer' })
    await drained()
    expect(await traces(person)).toEqual([])
    expect([await erasures(one), await erasures(two)]).toEqual([2, 1])
    expect((await stored(world.services, two)).note).toBe('Refunded by bank transfer')
    for (const id of [one, two]) await expectFolded(id)
  })

  test('and changes the order at the same moment comes before or after the erasure', async () => {
    const [admin, person] = [await signedUp('admin'), await signedUp('user')]
    const id = await ordered(person)
    let hasErased = false
    const { store } = world.services
    const racing: Services['store']['transact'] = async (writes) => {
      const isOrder = hasErased
      hasErased = true
      if (isOrder && writes.length > 1 && (await erasures(id)) === 0 && !noted) await note()
      return store.transact(writes)
    }
    let noted = false
    const note = async () => {
      noted = true
      await changeNote(world.services, person.context, { id, note: person.mark })
    }
    await eraseAs(admin, person, { ...world.services, store: { ...store, transact: racing } })
    expect(noted).toBe(true)
    expect(await traces(person)).toEqual([])
    await expectFolded(id)
    await drained()
  })
})

describe('two admins who erase each other', () => {
  test('at the same moment leave one of them', async () => {
    const [one, other] = [await signedUp('admin'), await signedUp('admin')]
    const late = eraseAs(
      one,
      other,
      overtaken(world.services, () => eraseAs(other, one)),
    )
    await expect(late).rejects.toMatchObject({ code: 'not_authenticated' })
    const left = async ({ context }: { context: CallerContext }) =>
      (await world.services.store.users.get(context.caller.id))?.erased_at === undefined
    expect([await left(one), await left(other)]).toEqual([false, true])
    await drained()
  })
})
