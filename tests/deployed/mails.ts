import { setTimeout as delay } from 'node:timers/promises'
import { expectStatus, type Person } from '#tests/support/people.ts'
import { sentMails } from './installation.ts'

/**
 * Checks that stream, relay, bus, queue and SES pass an event on, each with only the rights it declares.
 * @throws Error when no mail about a new order arrives within a minute
 */
export async function expectMail(endpoint: string, admin: Person): Promise<void> {
  const { id, number } = expectStatus(await admin.createSimulatedOrder({ body: { success: true } }), 201)
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const sent = await (await fetch(sentMails(endpoint))).text()
    if (sent.includes(number ?? id)) return
    if (Date.now() > giveUpAt) throw new Error(`No mail mentions ${number ?? id}: ${sent}`)
    await delay(200)
  }
}
