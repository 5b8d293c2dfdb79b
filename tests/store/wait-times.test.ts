import { expect, test } from 'vitest'
import { useWorld } from '#tests/support/world.ts'

const world = useWorld()

/** Registers waits one after the other, each with the time at which its state was entered. @returns those that were kept */
async function register(orderId: string, times: string[]): Promise<string[]> {
  const { store } = world.services
  const kept: string[] = []
  for (const since of times) {
    const wait = {
      order_id: orderId,
      sequence: 2,
      machine: 'fulfilment',
      state: 'await-picking',
      token: since,
    } as const
    if (!(await store.transact([store.waits.register({ ...wait, since, expires_at: 4_000_000_000 })]))) kept.push(since)
  }
  return kept
}

test.each([
  { later: '2026-11-20T12:00:00.5Z', earlier: '2026-11-20T12:00:00Z' },
  { later: '2026-11-20T12:00:01Z', earlier: '2026-11-20T12:00:00.999Z' },
  { later: '2026-11-20T12:00:00.25Z', earlier: '2026-11-20T12:00:00.249Z' },
  { later: '2026-11-20T12:00:00.000+00:00', earlier: '2026-11-20T11:59:59.999999Z' },
])('a wait since $later replaces one since $earlier, and not the other way round', async ({ later, earlier }) => {
  expect(await register(`ord_rising_${later}`, [earlier, later])).toEqual([earlier, later])
  expect(await register(`ord_falling_${later}`, [later, earlier])).toEqual([later])
})

test('a wait has its time in one form, however Step Functions writes it', async () => {
  await register('ord_form', ['2026-11-20T12:00:00Z'])
  const [wait] = await world.services.store.waits.ofOrder('ord_form')
  expect(wait?.since).toBe('2026-11-20T12:00:00.000Z')
})
