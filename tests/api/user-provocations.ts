import { expectStatus, newPerson, type Person } from '#tests/support/people.ts'
import { contested, type Provocations } from './error-provocations.ts'

/** What admins do for accounts. */
export function userProvocations(baseUrl: string, admin: Person): Provocations {
  return {
    updateUser: {
      concurrent_update: () =>
        contested(async () => {
          const params = { id: (await newPerson(baseUrl, admin)).id }
          return (n) => admin.updateUser({ params, body: { name: `Name ${n}` } })
        }),
      email_taken: async () => {
        const [one, two] = await Promise.all([newPerson(baseUrl, admin), newPerson(baseUrl, admin)])
        return admin.updateUser({ params: { id: one.id }, body: { email: two.tokens.user_info.email } })
      },
      weak_password: async () => {
        const { id } = await newPerson(baseUrl, admin)
        return admin.updateUser({ params: { id }, body: { temporary_password: 'short' } })
      },
      account_erased: async () => {
        const params = { id: (await newPerson(baseUrl, admin)).id }
        expectStatus(await admin.eraseUser({ params }), 204)
        return admin.updateUser({ params, body: { disabled: false } })
      },
    },
    endSessions: {
      forbidden: async () => (await newPerson(baseUrl, admin)).endSessions({ params: { id: admin.id } }),
    },
  }
}
