import { expect, test } from 'vitest'
import { type DomainEvent, Envelope, envelopeOf } from '#shared/events/event.ts'
import { type RelayTarget, relayChanges } from '#shared/events/relay-changes.ts'
import { changeAt } from '#shared/store/changes.ts'
import { keys } from '#shared/store/keys.ts'
import { requestEmailChange } from '#shared/users/email-address.ts'
import { useAccountScene } from './account-scene.ts'

const scene = useAccountScene({ CODE_REQUESTS_PER_HOUR: 1000, LOGIN_FAILURES_PER_ADDRESS: 1000 })

/** Relays an event as the stream reports it. */
async function relayed(id: string, publish: (events: readonly DomainEvent[]) => void) {
  const change = changeAt(keys.accountEvent(id))
  if (!change) throw new Error('The stream reports nothing')
  const deadLetters: RelayTarget[] = []
  const ports = {
    requestId: 'relay-run',
    deadline: Number.POSITIVE_INFINITY,
    reactions: [async (events: readonly DomainEvent[]) => publish(events)],
    deadLetter: async (target: RelayTarget) => void deadLetters.push(target),
  }
  const again = await relayChanges(scene.services(), ports, [{ change, id: 'a-record' }])
  return { deadLetters, again }
}

test('an event of an account is published without the account, its address or anything that was entered', async () => {
  const user = await scene.newUser()
  const request = { email: `new-${user.email}`, current_password: 'a-good-password' }
  const { id, at, request_id, type } = await scene.eventOf(() =>
    requestEmailChange(scene.services(), user.context, request, '192.0.2.1'),
  )
  const published: unknown[] = []
  await relayed(id, (events) => published.push(...events.map(envelopeOf)))
  const envelope = { schema_version: 1, id, type, request_id, at }
  expect(published).toEqual([envelope])
  expect(Envelope.parse(published[0])).toEqual(envelope)
})

test('an event of an account that cannot be published is dead-lettered by its id', async () => {
  const { id } = await scene.askReset('someone@example.com')
  let attempts = 0
  const { deadLetters, again } = await relayed(id, () => {
    attempts += 1
    throw new Error('Cannot be published')
  })
  expect([attempts, again, deadLetters]).toEqual([3, [], [{ account_event: id }]])
})

test('an event of an account that has expired concerns no one', async () => {
  const published: unknown[] = []
  const { deadLetters } = await relayed('aev_expired', (events) => published.push(...events))
  expect([published, deadLetters]).toEqual([[], []])
})
