import { limited } from '#shared/limits/attempts.ts'
import { invalidFields } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { isPassword } from './password.ts'
import type { StoredUser } from './stored-user.ts'

/**
 * For what a stolen session alone must not do.
 * @throws Refusal `validation_failed` when it is not the user's password, `rate_limited` after too many wrong ones
 */
export const assertCurrentPassword = (
  services: Services,
  { id, password_hash }: StoredUser,
  current_password: string,
): Promise<void> =>
  limited(services, {
    limit: 'currentPassword',
    of: { user: id },
    attempt: async () => {
      if (await isPassword(current_password, password_hash)) return
      throw invalidFields({ pointer: '#/current_password', code: 'wrong', detail: 'is not your password' })
    },
    counts: ({ status }) => status === 'rejected',
  })
