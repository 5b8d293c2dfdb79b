import { createHmac } from 'node:crypto'
import { digestOf } from '#shared/requests/idempotency.ts'
import { log } from './log.ts'
import type { Services } from './services.ts'

interface SecurityEventDefinition {
  /** What it may mean when there are many, in one sentence. */
  readonly meaning: string
  /** A heading in docs/runbook.md. */
  readonly runbook: string
  /** So many in five minutes raise an alarm. */
  readonly threshold: number
}

/** The table of security events. Each is logged by a line that is also a metric of its name, and has an alarm. */
export const securityEvents = {
  LoginFailed: {
    meaning: 'Many logins fail: someone may be guessing passwords, and accounts with a weak one are in danger.',
    runbook: 'Logins failing',
    threshold: 200,
  },
  LimitReached: {
    meaning: 'Many requests are refused because a limit is used up: an attack, or a client that does not slow down.',
    runbook: 'Limits reached',
    threshold: 500,
  },
  RefreshTokenReused: {
    meaning: 'Refresh tokens are used twice: sessions may have been stolen, and their owners have to log in again.',
    runbook: 'Refresh tokens reused',
    threshold: 5,
  },
  TokenForged: {
    meaning:
      'Access tokens with a wrong signature arrive: someone is trying to forge them, or a key was removed too early.',
    runbook: 'Tokens forged',
    threshold: 20,
  },
  RoleGranted: {
    meaning: 'An account was given the role of an editor, operator or admin: check that it was meant to be.',
    runbook: 'Roles granted',
    threshold: 1,
  },
  AdminRecovered: {
    meaning: 'The first admin was given a new password by an operator: check that it was meant to be.',
    runbook: 'Admin recovered',
    threshold: 1,
  },
  ApiKeyCreated: {
    meaning: 'An API key was made: check that it was meant to be.',
    runbook: 'API keys made or rotated',
    threshold: 1,
  },
  ApiKeyRotated: {
    meaning: 'An API key was rotated, so an admin has seen a new one: check that it was meant to be.',
    runbook: 'API keys made or rotated',
    threshold: 1,
  },
  ApiKeyRevoked: {
    meaning: 'API keys are being revoked: the programs that use them are locked out.',
    runbook: 'API keys revoked',
    threshold: 5,
  },
  ApiKeyRefused: {
    meaning:
      'API keys that were revoked, have expired or never existed are in use: a program was left behind, or a leaked key is tried.',
    runbook: 'API keys refused',
    threshold: 20,
  },
  PasswordChanged: {
    meaning: 'Many passwords are being changed: accounts may have been taken over.',
    runbook: 'Passwords changed',
    threshold: 50,
  },
  TemporaryPasswordSet: {
    meaning: 'Admins set temporary passwords: an account is taken over if one of them gets into the wrong hands.',
    runbook: 'Temporary passwords set',
    threshold: 5,
  },
  AccountErased: {
    meaning: 'Accounts are being erased, which cannot be undone: check that their owners asked for it.',
    runbook: 'Accounts erased',
    threshold: 5,
  },
  MailComplained: {
    meaning: 'People report mails as unwanted: accounts may be used to mail strangers, and SES may stop all mails.',
    runbook: 'Mails unwanted',
    threshold: 3,
  },
  SessionsEnded: {
    meaning: 'Many people log out everywhere: their accounts may have been taken over.',
    runbook: 'Sessions ended',
    threshold: 50,
  },
  PasswordResetRequested: {
    meaning: 'Many passwords are to be reset: someone may be flooding mailboxes or looking for accounts.',
    runbook: 'Password resets requested',
    threshold: 100,
  },
  CodeRefused: {
    meaning: 'Many codes are wrong: someone may be guessing the codes that were mailed to others.',
    runbook: 'Codes refused',
    threshold: 50,
  },
  EmailChanged: {
    meaning: 'Many e-mail addresses are being changed: accounts may have been taken over.',
    runbook: 'E-mail addresses changed',
    threshold: 20,
  },
  MailDropped: {
    meaning: 'Mails are dropped because their address would get too many in an hour: someone may be flooding it.',
    runbook: 'Mails dropped',
    threshold: 50,
  },
} as const satisfies Record<string, SecurityEventDefinition>

export type SecurityEvent = keyof typeof securityEvents

/** Whom an event is about. */
interface Subject {
  /** Id of a user. */
  user?: string | undefined
  /** A login name, where no user is known. */
  name?: string | undefined
  /** Id of an API key. */
  apiKey?: string | undefined
  /** Address of the client. */
  address?: string | undefined
  /** The limit that was used up. */
  limit?: string
}

const pseudonym = (key: string, value: string): string =>
  createHmac('sha256', key).update(value).digest('base64url').slice(0, 16)

/**
 * Logs a security event. Names and addresses are logged as keyed hashes: equal ones can be recognised, but not
 * found out. An id of a user cannot be guessed, so a hash without a key hides it. An API key is not a person: its id is logged.
 */
export async function reportSecurityEvent(
  { store, requestId = 'none' }: Pick<Services, 'requestId'> & Partial<Pick<Services, 'store'>>,
  event: SecurityEvent,
  { user, name, apiKey, address, limit }: Subject = {},
): Promise<void> {
  const key = name === undefined && address === undefined ? undefined : await store?.pseudonymKey.get()
  const account = user === undefined ? key && name && pseudonym(key, name) : digestOf('account', user).slice(0, 16)
  log.warn('securityEvent', {
    request_id: requestId,
    event,
    ...(account ? { account } : {}),
    ...(apiKey === undefined ? {} : { api_key: apiKey }),
    ...(key && address ? { address: pseudonym(key, address) } : {}),
    ...(limit === undefined ? {} : { limit }),
  })
}
