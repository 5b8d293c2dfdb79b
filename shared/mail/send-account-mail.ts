import { deliverableAddress, emailKey } from '#shared/requests/email.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { AccountEvent, StoredAccountEvent } from '#shared/users/account-event.ts'
import type { CodePurpose } from '#shared/users/code.ts'
import { issueCode } from '#shared/users/issue-code.ts'
import type { StoredUser } from '#shared/users/stored-user.ts'
import { isVerified } from '#shared/users/user.ts'
import { accountView } from './account-view.ts'
import { deliver, type MailDelivery } from './deliver.ts'
import { languageFor } from './language.ts'
import { templateFor } from './mail-templates.ts'
import type { Mail } from './mailer.ts'
import { isWelcome } from './recipient.ts'
import { render } from './render.ts'

/** Who gets which mail. */
interface Addressee {
  user: StoredUser
  email: string
  /** Whether this address was verified, at the time of the event. */
  isVerified: boolean
  /** What the code of the mail is for; mails without a code have none. */
  purpose?: CodePurpose
}

/**
 * Mails what an event of an account is about. Codes are made here, so that no event and no log has one, and an address with
 * no account differs from others only after its request was answered.
 * @throws Error for the queue to redeliver: the mail could not be sent, or it is unknown whether it was
 */
export async function sendAccountMail(
  services: Services,
  delivery: MailDelivery,
  { id, type }: AccountEvent,
): Promise<void> {
  const template = templateFor(type)
  const event = template && (await services.store.accountEvents.get(id))
  const addressee = event && (await addresseeOf(services, event))
  if (!addressee) return
  const { user, email, purpose } = addressee
  if (purpose === undefined && !isWelcome(services, user, addressee.isVerified, { request_id: id })) return
  const language = languageFor(delivery.templates, user.locale)
  const to = deliverableAddress(email)
  const compose = async (): Promise<Mail | undefined> => {
    const code = purpose && (await issueCode(services, { event, user, email, purpose }))
    // A newer request has its code already.
    if (purpose && code === undefined) return undefined
    const name = addressee.isVerified ? user.name : null
    const view = accountView({ at: event.at, name, code, language })
    return { id, from: services.config.MAIL_FROM, to, at: event.at, ...render(language, template, view) }
  }
  await deliver(services, delivery, { id, to, template, about: 'account', compose })
}

/** @returns undefined when no one gets a mail: there is no such account, or the address belongs to another one */
async function addresseeOf({ store }: Services, event: StoredAccountEvent): Promise<Addressee | undefined> {
  const user = await ('user_id' in event ? store.users.get(event.user_id) : store.users.byEmail(event.email))
  if (!user || user.disabled) return undefined
  const own = { user, email: user.email, isVerified: isVerified(user) }
  switch (event.type) {
    case 'account.password_reset_requested':
      return { ...own, purpose: 'password_reset' }
    case 'account.verification_requested':
      return own.isVerified && user.undeliverable === undefined ? undefined : { ...own, purpose: 'verification' }
    case 'account.email_change_requested': {
      const isOwn = emailKey(event.email) === emailKey(user.email)
      if (!isOwn && (await store.users.byEmail(event.email))) return undefined
      return { user, email: event.email, isVerified: isOwn && own.isVerified, purpose: 'verification' }
    }
    case 'account.email_changed':
      return { user, email: event.email, isVerified: event.was_verified }
    case 'account.password_changed':
      return own
  }
}
