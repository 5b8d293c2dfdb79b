import { randomUUID } from 'node:crypto'
import { envelopeOf } from '#shared/events/event.ts'
import type { Mail, Mailer } from '#shared/mail/mailer.ts'
import type { Config } from '#shared/runtime/config.ts'
import { destination } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { publishedPart, type StoredAccountEvent } from '#shared/users/account-event.ts'
import { requestPasswordReset, resetPassword } from '#shared/users/password-reset.ts'
import { createUser } from '#shared/users/registration.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { codeIn } from '#tests/support/mailbox.ts'
import { useWorld } from '#tests/support/world.ts'
import { deliver, outbox } from './mail-world.ts'

/** A world whose events of accounts are delivered when the test says so. */
export function useAccountScene(settings: Partial<Config> = {}) {
  const world = useWorld()
  // Security events are logged.
  destination.replace(() => undefined)
  const events: StoredAccountEvent[] = []
  const services = (): Services => {
    const { store, config, ...rest } = world.services
    const append: typeof store.accountEvents.append = (event) => {
      events.push(event)
      return store.accountEvents.append(event)
    }
    return {
      ...rest,
      config: { ...config, ...settings },
      store: { ...store, accountEvents: { ...store.accountEvents, append } },
    }
  }
  const sendTo = (mailer: Mailer, event: StoredAccountEvent) =>
    deliver(services(), mailer, envelopeOf(publishedPart(event)))
  /** The event that something causes. */
  const eventOf = async (cause: () => Promise<unknown>): Promise<StoredAccountEvent> => {
    const before = events.length
    await cause()
    const [event] = events.slice(before)
    if (!event) throw new Error('Nothing happened')
    return event
  }
  const mailsOf = async (event: StoredAccountEvent): Promise<Mail[]> => {
    const mailer = outbox()
    await sendTo(mailer, event)
    return mailer.sent
  }
  const codeOf = async (event: StoredAccountEvent): Promise<string> => {
    const [mail] = await mailsOf(event)
    if (!mail) throw new Error('No mail was sent')
    return codeIn(mail)
  }
  return {
    world,
    services,
    sendTo,
    eventOf,
    mailsOf,
    codeOf,
    async newUser(name = 'Call +1-900-555 now') {
      const request = { email: `${randomUUID()}@example.com`, password: 'a-good-password', name }
      const { result } = await createUser(services(), { request, once: onceOf(randomUUID(), request) })
      return { ...result, context: contextOf('user', result.id, Number.POSITIVE_INFINITY) }
    },
    askReset: (email: string) => eventOf(() => requestPasswordReset(services(), { email, clientAddress: '192.0.2.1' })),
    /** @returns the code that the reset is refused with, or `done` */
    reset: (email: string, code: string, clientAddress = '192.0.2.1'): Promise<string> =>
      resetPassword(services(), { email, code, new_password: 'quite-another-password' }, clientAddress).then(
        () => 'done',
        (error: { code: string }) => error.code,
      ),
  }
}
