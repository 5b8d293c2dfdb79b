import * as z from 'zod/mini'

const optional = z.exactOptional(z.string())

/** An address as stored and answered: earlier versions took any two letters as a country. */
export const Address = z.strictObject({
  name: z.string(),
  company: optional,
  line1: z.string(),
  line2: optional,
  postal_code: optional,
  city: optional,
  region: optional,
  country: z.string(),
  phone: optional,
})
export type Address = z.infer<typeof Address>
