import { isKnown, limited } from '#shared/limits/attempts.ts'
import { networkOf } from '#shared/limits/network.ts'
import { type Spent, spendAll } from '#shared/limits/spend.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { accountName } from './account-name.ts'

/** Who a password is said to be of, and from where. */
export interface Claimant {
  /** As it was typed. */
  name: string
  clientAddress: string
}

/**
 * Checks a password under the limits of failed logins. A network from which the name has logged in before has a limit of its
 * own, so that strangers elsewhere cannot use it up. All other networks also share a limit per name, and one per network.
 *
 * Limits count the name as it was typed: none of them says whether there is such an account, or which names belong to
 * one person. An answer takes as long and looks the same whether the network is known or not: a wrong password is 429
 * once a shared limit is used up, and a right one is not looked at where the network is not known.
 * @param check throws when the password is wrong
 * @throws Refusal `rate_limited`, and whatever `check` throws
 */
export function underLoginLimits<T>(
  services: Services,
  { name, clientAddress }: Claimant,
  check: () => Promise<T>,
): Promise<T> {
  const of = { name: accountName(name), network: networkOf(clientAddress) }
  const spendShared = (): Promise<Spent> =>
    spendAll(services, [
      { limit: 'loginsOfName', of },
      { limit: 'loginsFromNetwork', of },
    ])
  const attempt = async (isTrusted: boolean): Promise<T> => {
    const [spent] = await Promise.allSettled(isTrusted ? [] : [spendShared()])
    const [checked] = await Promise.allSettled([check()])
    if (spent?.status === 'rejected') throw spent.reason
    if (checked.status === 'fulfilled') {
      await spent?.value.giveBack()
      return checked.value
    }
    await reportSecurityEvent(services, 'LoginFailed', { name: of.name, address: of.network })
    if (isTrusted) await spendShared()
    throw checked.reason
  }
  return limited(services, {
    limit: 'login',
    of,
    attempt: (log) => attempt(isKnown(log, services.clock.now())),
    counts: ({ status }) => status === 'rejected',
    remembers: true,
  })
}
