import { emailKey } from '#shared/requests/email.ts'

/**
 * One name for all spellings of a login name: without case, blanks, an e-mail's `+tag` and the script of its domain. Only
 * limits use it. A login needs the exact name, but no spelling may reveal whether there is such an account.
 */
export function accountName(loginName: string): string {
  const plain = loginName.normalize('NFKC').toLowerCase().replaceAll(/\s/gu, '')
  const at = plain.lastIndexOf('@')
  if (at < 0) return plain
  const mailbox = plain.slice(0, at)
  const tag = mailbox.indexOf('+')
  return emailKey(`${tag < 0 ? mailbox : mailbox.slice(0, tag)}${plain.slice(at)}`)
}
