import { randomUUID } from 'node:crypto'
import { createClient } from '#shared/api/client.ts'
import { newPerson, type Person, password, signIn } from '#tests/support/people.ts'
import type { Answer, Provocations, Strict } from './error-provocations.ts'

const wrong = { code: 'K7QM-2XWP' }
const another = 'quite-another-password'
const newEmail = () => `${randomUUID()}@example.com`

/** Codes of mails: errors of those who ask for one, and of those who have none. */
export function codeProvocations(baseUrl: string, admin: Person, strict: Strict): Provocations {
  const anyone = createClient({ baseUrl })
  const someone = async () => newPerson(strict.baseUrl, await signIn(strict.baseUrl, 'admin', strict.adminPassword))
  const twice = async (request: () => Promise<Answer>): Promise<Answer> => {
    await request()
    return request()
  }
  const reset = (client: typeof anyone, email: string, new_password = another) =>
    client.resetPassword({ body: { email, ...wrong, new_password } })
  return {
    requestPasswordReset: {
      rate_limited: () => {
        const body = { email: newEmail() }
        return twice(() => createClient(strict).requestPasswordReset({ body }))
      },
    },
    resetPassword: {
      code_invalid: () => reset(anyone, newEmail()),
      weak_password: () => reset(anyone, newEmail(), 'short'),
      rate_limited: () => {
        const email = newEmail()
        return twice(() => reset(createClient(strict), email))
      },
    },
    changeEmail: {
      rate_limited: async () => {
        const person = await someone()
        const body = { email: newEmail(), current_password: password }
        return twice(() => person.changeEmail({ body }))
      },
    },
    requestEmailVerification: {
      rate_limited: async () => {
        const person = await someone()
        return twice(() => person.requestEmailVerification())
      },
    },
    confirmEmail: {
      code_invalid: async () => (await newPerson(baseUrl, admin)).confirmEmail({ body: wrong }),
      rate_limited: async () => {
        const person = await someone()
        return twice(() => person.confirmEmail({ body: wrong }))
      },
    },
  }
}
