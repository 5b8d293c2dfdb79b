import { describe, expect, inject, test } from 'vitest'
import { places } from '#tests/support/matrix.ts'
import { expectStatus, newPerson, type Person } from '#tests/support/people.ts'
import { eventsOf } from '#tests/support/snapshot.ts'
import { placeOrderAt } from './placed-orders.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const { admin, owner, operator } = usePeople({ owner: 'user', operator: 'operator' })
const newOrder = async () => {
  const { id } = await placeOrderAt({ kind: 'stock', status: 'RESERVED' }, { owner, builder: admin })
  return { params: { id } }
}
const note = async (person: Person, input: { params: { id: string } }, text: string | null) =>
  expectStatus(await person.updateOrder({ ...input, body: { note: text } }), 200)

describe('the note of an order', () => {
  test('can be changed by owner, operators and admins, with an event for each change', async () => {
    const input = await newOrder()
    const before = expectStatus(await owner.getOrder(input), 200)
    const changes = [
      [owner, 'Ring twice'],
      [operator, 'Rang twice 🔔'],
      [admin, null],
    ] as const
    for (const [n, [person, text]] of changes.entries()) {
      const { note: shown = null, ...after } = await note(person, input, text)
      expect(shown).toBe(text)
      expect(after).toMatchObject({ status: 'RESERVED', version: before.version + n + 1, lines: before.lines })
    }
    const { note: left, ...now } = expectStatus(await owner.getOrder(input), 200)
    expect(left).toBeUndefined()
    expect({ ...now, version: before.version, updated_at: before.updated_at }).toEqual(before)
    const events = (await eventsOf(admin, input.params.id)).slice(-3)
    expect(events).toMatchObject(
      changes.map(([person, text]) => ({
        type: 'order.note_changed',
        from: 'RESERVED',
        to: 'RESERVED',
        actor: { id: person.id, role: person.tokens.user_info.role },
        data: { note: text },
      })),
    )
  })

  test('is hidden from other users', async () => {
    const input = await newOrder()
    for (const stranger of [await newPerson(baseUrl, admin), await newPerson(baseUrl, admin, 'editor')]) {
      const answer = await stranger.updateOrder({ ...input, body: { note: 'Mine' } })
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
    expect(expectStatus(await owner.getOrder(input), 200)).toMatchObject({ version: 1 })
  })

  test('sent again unchanged writes no event', async () => {
    const input = await newOrder()
    const first = await note(owner, input, 'Ring twice')
    expect(await note(owner, input, 'Ring twice')).toEqual(first)
    expect(await note(operator, input, 'Ring twice')).toMatchObject({ version: first.version })
    const other = await newOrder()
    expect(await note(owner, other, null)).toMatchObject({ version: 1 })
    expect(await eventsOf(owner, input.params.id)).toHaveLength(3)
  })

  test('does not prevent a repeated action from being recognised', async () => {
    const input = await newOrder()
    expectStatus(await operator.startPick(input), 200)
    const noted = await note(owner, input, 'Ring twice')
    expect(expectStatus(await operator.startPick(input), 200)).toMatchObject({
      status: 'PICKING',
      version: noted.version,
    })
  })

  test('goes through each of several concurrent changes', async () => {
    const input = await newOrder()
    const notes = Array.from({ length: 12 }, (_, n) => `Note ${n}`)
    const replies = await Promise.all(notes.map((text) => note(owner, input, text)))
    expect(replies.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(notes.map((_, n) => n + 2))
    const last = replies.find(({ version }) => version === 13)
    expect(expectStatus(await owner.getOrder(input), 200)).toEqual(last)
  })

  test.each(places)('can be changed while it is $status ($kind)', async (place) => {
    const { id } = await placeOrderAt(place, { owner, builder: admin })
    const before = expectStatus(await owner.getOrder({ params: { id } }), 200)
    const after = await note(owner, { params: { id } }, 'A note')
    expect(after).toEqual({ ...before, note: 'A note', version: before.version + 1, updated_at: after.updated_at })
  })

  test.each([{}, { note: '' }, { note: 'x'.repeat(2001) }, { note: 'a', status: 'NEW' }, { note: 5 }])(
    'is refused in a body like %j',
    async (body) => {
      const answer = await owner.updateOrder({ ...(await newOrder()), body: body as { note: string } })
      expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
    },
  )
})
