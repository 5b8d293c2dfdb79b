/**
 * One name for all spellings of a login name: without case, spaces and an e-mail's `+tag`. It only serves to count by:
 * who logs in has to spell the name right, but no spelling may tell whether there is such an account.
 */
export function accountName(loginName: string): string {
  const plain = loginName.normalize('NFKC').toLowerCase().replaceAll(/\s/gu, '')
  const at = plain.lastIndexOf('@')
  const mailbox = plain.slice(0, Math.max(at, 0))
  const tag = mailbox.indexOf('+')
  return tag < 0 ? plain : mailbox.slice(0, tag) + plain.slice(at)
}
