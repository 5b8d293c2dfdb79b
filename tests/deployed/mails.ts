import { setTimeout as delay } from 'node:timers/promises'
import { expectStatus, type Person } from '#tests/support/people.ts'

/**
 * Stream, relay, bus, queue and SES have to hand on what happened, each with no more rights than it declares.
 * @throws Error when there is no mail of a new order within a minute
 */
export async function expectMail(endpoint: string, admin: Person): Promise<void> {
  const { id } = expectStatus(await admin.createSimulatedOrder({ body: { success: true } }), 201)
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const sent = await (await fetch(`${endpoint}/_ministack/ses/messages`)).text()
    if (sent.includes(id)) return
    if (Date.now() > giveUpAt) throw new Error(`No mail tells of ${id}: ${sent}`)
    await delay(200)
  }
}
