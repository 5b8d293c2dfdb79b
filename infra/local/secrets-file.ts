import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { type Secrets, secretSchemas } from '#shared/runtime/secrets.ts'
import { newSecrets, verificationKeysOf } from '#shared/users/new-secrets.ts'

/** The form of the file in release 0.1.0: everything in one secret. */
const FirstForm = z.object({
  signing_keys: secretSchemas.signing.shape.keys,
  refresh_secret: z.string(),
  cursor_secret: z.string(),
})

/**
 * Creates the secrets of an installation once, adds those that an earlier release did not have, and converts a file of
 * release 0.1.0, whose tokens stay valid.
 */
export async function ensureSecretsFile(file: string): Promise<void> {
  const fresh = await newSecrets()
  if (!existsSync(file)) return write(file, fresh)
  const stored: object = JSON.parse(readFileSync(file, 'utf8'))
  const first = FirstForm.safeParse(stored)
  const known: object = first.success ? separated(first.data) : stored
  if (first.success || Object.keys(fresh).some((name) => !(name in known))) write(file, { ...fresh, ...known })
}

function separated({ signing_keys, refresh_secret, cursor_secret }: z.infer<typeof FirstForm>): Partial<Secrets> {
  const signing = { keys: signing_keys }
  return {
    signing,
    verification: verificationKeysOf(signing),
    refresh: { secrets: [{ active_from: 0, secret: refresh_secret }] },
    cursor: { secrets: [{ active_from: 0, secret: cursor_secret }] },
  }
}

/** All or nothing: a crash must not leave half a file, which would end every session. */
function write(file: string, secrets: Secrets): void {
  const draft = `${file}.new`
  writeFileSync(draft, JSON.stringify(secrets), { mode: 0o600 })
  renameSync(draft, file)
}
