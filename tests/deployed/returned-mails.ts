import { setTimeout as delay } from 'node:timers/promises'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { clientOptions } from '#infra/emulator/deployment.ts'
import { stageOf } from '#infra/stages.ts'
import { bounced } from '#tests/support/mail-events.ts'
import { expectStatus, newPerson, type Person } from '#tests/support/people.ts'
import type { Installation } from './installation.ts'

const pauseMilliseconds = 200

/**
 * Puts a bounce on the default bus, as SES does on AWS: rule, queue and consumer mark the address.
 * @throws Error when it is not marked within a minute
 */
export async function expectReturnedMail({ baseUrl, endpoint }: Installation, admin: Person): Promise<void> {
  const { id, tokens } = await newPerson(baseUrl, admin)
  const Entry = {
    Source: stageOf('emulator').mailEventSource,
    DetailType: 'Email Bounced',
    Detail: JSON.stringify(bounced(tokens.user_info.email, new Date().toISOString())),
  }
  const bus = new EventBridgeClient(clientOptions(endpoint))
  const { FailedEntryCount, Entries } = await bus.send(new PutEventsCommand({ Entries: [Entry] }))
  if (FailedEntryCount !== 0) throw new Error(`The default bus refused a bounce: ${JSON.stringify(Entries)}`)
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const { undeliverable } = expectStatus(await admin.getUser({ params: { id } }), 200)
    if (undeliverable === 'bounced') return
    if (Date.now() > giveUpAt) throw new Error(`A bounce has not marked the address of ${id}`)
    await delay(pauseMilliseconds)
  }
}
