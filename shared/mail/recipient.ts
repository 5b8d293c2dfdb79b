import { log } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { StoredUser } from '#shared/users/stored-user.ts'

/**
 * Whether a user gets mails other than codes at an address; logs why not. Anyone may register the address of another person,
 * so where UNVERIFIED_MAIL is `deny` its owner has to verify it first.
 * @param mail ids for the log
 */
export function isWelcome(
  { config }: Pick<Services, 'config'>,
  { undeliverable }: Pick<StoredUser, 'undeliverable'>,
  isVerified: boolean,
  mail: { request_id: string; order_id?: string },
): boolean {
  if (undeliverable !== undefined) {
    log.info('mailNotSent', { ...mail, event: 'MailNotSent' })
    return false
  }
  if (isVerified || config.UNVERIFIED_MAIL === 'allow') return true
  log.info('mailWithheld', mail)
  return false
}
