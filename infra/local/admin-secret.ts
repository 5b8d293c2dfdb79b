import type { AdminSecret } from '#shared/aws/admin-secret.ts'

/** The terminal: the local stack keeps no initial password. */
export const printedAdmin = (email: string): AdminSecret => ({
  name: 'this output',
  email: async () => email,
  async show({ email: name, password }) {
    process.stdout.write(
      `Admin      ${name}\nPassword   ${password}   (shown once; it must be changed at the first login)\n`,
    )
  },
})
