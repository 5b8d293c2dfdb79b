import * as z from 'zod/mini'

/** A password as it is stored. */
export const PasswordHash = z.object({
  /** 1: bcrypt of the password as it was typed. 2: bcrypt of a digest of the normalised password. */
  version: z.union([z.literal(1), z.literal(2)]),
  hash: z.string(),
})
export type PasswordHash = z.infer<typeof PasswordHash>
