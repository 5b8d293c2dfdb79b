import type { Services } from '#shared/runtime/services.ts'

/**
 * Whether an address gets mails other than codes. Anyone may register the address of another person, so where
 * UNVERIFIED_MAIL is `deny` its owner has to verify it first.
 */
export const isWelcome = ({ config }: Pick<Services, 'config'>, isVerified: boolean): boolean =>
  isVerified || config.UNVERIFIED_MAIL === 'allow'
