import * as z from 'zod/mini'
import { Role } from '#shared/requests/caller.ts'
import { Email } from '#shared/requests/email.ts'
import { Instant, id } from '#shared/requests/fields.ts'
import { PageQuery } from '#shared/requests/paging.ts'
import { SearchText } from '#shared/requests/search.ts'
import { text, wellFormed } from '#shared/requests/text.ts'

/** No `@`, so that a login name with one is always an e-mail. Unique without regard to case. */
const Username = z.string().check(z.regex(/^[A-Za-z0-9._-]{3,64}$/))

/** Language and, if it matters, region of what is written to the user. */
const Locale = z.string().check(
  z.maxLength(35),
  z.regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/),
  z.meta({
    description: 'BCP 47: de, or pt-BR. Mails are in its language where there are templates, else in English.',
  }),
)

/** Length is the password rule's business: it answers `weak_password`. */
const Password = z.string().check(z.maxLength(1024), wellFormed)

export const UserId = id('usr')

const person = {
  id: UserId,
  email: z.string(),
  username: z.nullable(z.string()),
  name: z.nullable(z.string()),
  role: Role,
}
const locale = z.nullable(z.string())
const standing = {
  disabled: z.boolean(),
  must_change_password: z.boolean(),
  version: z.int(),
  created_at: Instant,
  /** Only where mails have stopped: the address refused one for good, or its owner reported one as unwanted. */
  undeliverable: z.exactOptional(z.enum(['bounced', 'complained'])),
  /** Only where the person was erased: what is left of the account. */
  erased_at: z.exactOptional(Instant),
}

/** What is kept of a user that may be shown. */
export const UserRecord = z.object({
  ...person,
  locale: z.exactOptional(locale),
  /** When the person proved that the e-mail is theirs; missing until then. */
  email_verified_at: z.exactOptional(Instant),
  ...standing,
})
export type UserRecord = z.infer<typeof UserRecord>

/** Whether the person has proved that the e-mail is theirs. */
export const isVerified = ({ email_verified_at }: Pick<UserRecord, 'email_verified_at'>): boolean =>
  email_verified_at !== undefined

export const User = z.object({ ...person, email_verified: z.boolean(), locale, is_admin: z.boolean(), ...standing })
export type User = z.infer<typeof User>

/** A user as the API shows them. */
export const userOf = ({ locale = null, ...record }: UserRecord): User => ({
  ...record,
  email_verified: isVerified(record),
  locale,
  is_admin: record.role === 'admin',
})

export const isActiveAdmin = ({ role, disabled }: Pick<UserRecord, 'role' | 'disabled'>): boolean =>
  role === 'admin' && !disabled

export const NewUser = z.strictObject({
  email: Email,
  password: Password,
  name: z.exactOptional(text(200)),
  username: z.exactOptional(Username),
  role: z.exactOptional(Role),
  locale: z.exactOptional(Locale),
})
export type NewUser = z.infer<typeof NewUser>

/**
 * What an admin may change of an account; `null` removes the name or the locale. A temporary password ends all sessions and
 * must be changed before anything else.
 */
export const UserChange = z.exactPartial(
  z.strictObject({
    email: Email,
    temporary_password: Password,
    name: z.nullable(text(200)),
    locale: z.nullable(Locale),
    role: Role,
    disabled: z.boolean(),
    must_change_password: z.boolean(),
  }),
)
export type UserChange = z.infer<typeof UserChange>

/** `q` is the beginning of an e-mail or username, in letters of any case. */
export const UsersQuery = z.strictObject({
  ...PageQuery.shape,
  role: z.exactOptional(Role),
  disabled: z.exactOptional(z.enum(['true', 'false'])),
  q: z.exactOptional(SearchText),
})
export type UsersQuery = z.infer<typeof UsersQuery>

/** Phone keyboards add a blank behind what they complete. */
const LoginName = z.string().check(z.maxLength(254), wellFormed, z.trim())

/** By e-mail or by username; OAuth2's form sends either as `username`. */
export const Login = z
  .strictObject({
    email: z.exactOptional(LoginName),
    username: z.exactOptional(LoginName),
    password: Password,
  })
  .check(
    z.refine((login) => (login.email === undefined) !== (login.username === undefined), {
      path: ['username'],
      error: 'exactly one of email and username is needed',
    }),
  )
export type Login = z.infer<typeof Login>

const RefreshToken = z.string().check(z.minLength(1), z.maxLength(512))
export const RefreshRequest = z.strictObject({ refresh_token: RefreshToken })
export const LogoutRequest = z.strictObject({ refresh_token: z.exactOptional(RefreshToken) })

export const PasswordChange = z.strictObject({ current_password: Password, new_password: Password })
export type PasswordChange = z.infer<typeof PasswordChange>

export const EmailChange = z.strictObject({ email: Email, current_password: Password })
export type EmailChange = z.infer<typeof EmailChange>

/** What a code may be typed as, blanks and hyphens included. */
const TypedCode = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(64),
    wellFormed,
    z.meta({ description: 'The code of a mail. Case, blanks and hyphens do not matter.' }),
  )

export const PasswordResetRequest = z.strictObject({ email: Email })
export const PasswordReset = z.strictObject({ email: Email, code: TypedCode, new_password: Password })
export type PasswordReset = z.infer<typeof PasswordReset>
export const EmailConfirmation = z.strictObject({ code: TypedCode })

export const Tokens = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  /** Seconds. */
  expires_in: z.int(),
  refresh_token: z.string(),
  user_info: User,
})
export type Tokens = z.infer<typeof Tokens>

export const Jwks = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.literal('ES256'),
      use: z.literal('sig'),
    }),
  ),
})
export type Jwks = z.infer<typeof Jwks>
