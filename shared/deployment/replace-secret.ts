import * as z from 'zod/mini'
import type { SecretVault } from '#shared/aws/secrets-manager.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newDatedSecret, newMetricsToken, newSigningKey, verificationKeysOf } from '#shared/users/new-secrets.ts'

/** What an operator sends to the function after a secret has leaked. */
export const Replacement = z.strictObject({ replace: z.enum(['signing', 'refresh', 'cursor', 'apiKey', 'metrics']) })
export type Replacement = z.infer<typeof Replacement>

/**
 * Puts one new key or secret, active at once, in place of all existing ones: whatever the old ones made is refused as
 * soon as the functions have read the new one, within five minutes.
 */
export async function replaceSecret(
  { clock }: Pick<Services, 'clock'>,
  vault: SecretVault,
  { replace: name }: Replacement,
): Promise<void> {
  const write = (which: Parameters<SecretVault>[0], value: object) => vault(which).replace(JSON.stringify(value))
  switch (name) {
    case 'signing': {
      const signing = { keys: [await newSigningKey(clock.now())] }
      // Refusing tokens of the old key comes first: a function that still signs with it does no harm then.
      await write('verification', verificationKeysOf(signing))
      return write('signing', signing)
    }
    case 'refresh':
    case 'cursor':
    case 'apiKey':
      return write(name, { secrets: [newDatedSecret(clock.now())] })
    case 'metrics':
      return write(name, newMetricsToken())
  }
}
