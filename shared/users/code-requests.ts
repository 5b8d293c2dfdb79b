import { networkOf } from '#shared/limits/network.ts'
import { spendAll } from '#shared/limits/spend.ts'
import type { Services } from '#shared/runtime/services.ts'
import { accountName } from './account-name.ts'

/**
 * Limits how many mails with a code are asked for: with one name, and from one network. Names are counted as they were typed,
 * so that no answer says whether there is such an account.
 * @param names e-mail addresses and ids of users
 * @throws Refusal `rate_limited`
 */
export async function limitCodeRequests(
  services: Services,
  { names, clientAddress }: { names: readonly string[]; clientAddress: string },
): Promise<void> {
  await spendAll(services, [
    ...names.map((name) => ({ limit: 'codeRequests', of: { name: accountName(name) } }) as const),
    { limit: 'codeRequestsFromNetwork', of: { network: networkOf(clientAddress) } },
  ])
}
