import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod/mini'
import { port } from '#shared/runtime/ports.ts'
import { adminSecretId } from '#shared/runtime/secrets.ts'
import { timeLimits } from './time-limits.ts'

const AdminLogin = z.object({ email: z.string(), password: z.string() })
export type AdminLogin = z.infer<typeof AdminLogin>

/** Where operators find the first admin's initial password. */
export interface AdminSecret {
  /** What to call the place. */
  readonly name: string
  /** The address of an account that has to be created. */
  email(): Promise<string>
  show(login: AdminLogin): Promise<void>
}

/** The secret of the installation whose secrets begin with `SECRETS_PREFIX`. */
export const adminSecret = port<AdminSecret>(() => {
  const client = new SecretsManagerClient(timeLimits)
  const SecretId = adminSecretId(process.env['SECRETS_PREFIX'] ?? '')
  return {
    name: SecretId,
    async email() {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }))
      return AdminLogin.parse(JSON.parse(SecretString)).email
    },
    async show(login) {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(login) }))
    },
  }
})
