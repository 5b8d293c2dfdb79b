import { type Spent, trySpend } from '#shared/limits/spend.ts'
import type { Services } from '#shared/runtime/services.ts'
import { accountName } from '#shared/users/account-name.ts'

/** The rest is kept for mails about the account: no one can hold these back by placing orders. */
const orderShare = 0.8

/** Counts a mail to an address. @returns undefined when it would be one too many */
export const spendMail = (
  services: Services,
  { to, about }: { to: string; about: 'order' | 'account' },
): Promise<Spent | undefined> =>
  trySpend(services, { limit: 'mails', of: { name: accountName(to) } }, about === 'order' ? orderShare : 1)
