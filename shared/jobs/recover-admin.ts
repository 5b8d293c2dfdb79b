import type { AdminSecret } from '#shared/aws/admin-secret.ts'
import { Fault } from '#shared/requests/fault.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { generatedPassword, recoverFirstAdmin } from '#shared/users/first-admin.ts'

/**
 * Gives the first admin a new initial password, which is shown where operators look for it, and nowhere else. Safe to
 * repeat: the last password shown is the one that is right.
 * @returns with what to log in, and where the password is
 * @throws Fault when a new account is needed, and another account has its address
 */
export async function recoverAdmin(
  services: Services,
  secret: AdminSecret,
): Promise<{ log_in_as: string; password_in: string }> {
  const login = { email: await secret.email(), password: generatedPassword() }
  const admin = await recoverFirstAdmin(services, login).catch((error: unknown) => {
    const isTaken = error instanceof Refusal && error.code === 'email_taken'
    throw isTaken
      ? new Fault(`Another account has the e-mail address in ${secret.name}. Put another one there.`)
      : error
  })
  await secret.show({ email: admin.email, password: login.password })
  return { log_in_as: admin.username ?? admin.email, password_in: secret.name }
}
