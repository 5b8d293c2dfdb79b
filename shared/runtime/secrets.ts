import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { Fault } from '#shared/requests/fault.ts'
import type { Keyring } from '#shared/requests/keyring.ts'
import type { Clock } from './clock.ts'
import { type SecretSource, secretSource } from './secret-source.ts'

const publicMembers = { kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }

/** May be used from `active_from` (epoch ms) on; of several, the newest active one is used for what is new. */
const dated = { active_from: z.int() }

const RandomText = z.string().check(z.minLength(32))

const SigningKeys = z.object({
  keys: z
    .array(z.object({ kid: z.string(), ...dated, jwk: z.object({ ...publicMembers, d: z.string() }) }))
    .check(z.minLength(1)),
})
const VerificationKeys = z.object({
  keys: z.array(z.object({ kid: z.string(), ...publicMembers })).check(z.minLength(1)),
})
const DatedSecrets = z.object({
  secrets: z.array(z.object({ ...dated, secret: RandomText })).check(z.minLength(1)),
})

/**
 * The secrets of an installation. Each is stored apart, so that a function reads only those it needs: `signing` and
 * `refresh` make tokens, `verification` is the public part of `signing`, `apiKey` makes API keys.
 */
export const secretSchemas = {
  signing: SigningKeys,
  verification: VerificationKeys,
  refresh: DatedSecrets,
  cursor: DatedSecrets,
  apiKey: DatedSecrets,
  metrics: z.object({ token: RandomText }),
}
export type SecretName = keyof typeof secretSchemas
export type Secrets = { [N in SecretName]: z.infer<(typeof secretSchemas)[N]> }

export type SecretSources = { readonly [N in SecretName]: SecretSource<Secrets[N]> }

/** @param load reads one secret, as JSON has it */
export const secretSources = (load: (name: SecretName) => Promise<unknown>, clock: Clock): SecretSources => ({
  signing: secretSource(async () => secretSchemas.signing.parse(await load('signing')), clock),
  verification: secretSource(async () => secretSchemas.verification.parse(await load('verification')), clock),
  refresh: secretSource(async () => secretSchemas.refresh.parse(await load('refresh')), clock),
  cursor: secretSource(async () => secretSchemas.cursor.parse(await load('cursor')), clock),
  apiKey: secretSource(async () => secretSchemas.apiKey.parse(await load('apiKey')), clock),
  metrics: secretSource(async () => secretSchemas.metrics.parse(await load('metrics')), clock),
})

const lastPart: Record<SecretName, string> = {
  signing: 'signing-keys',
  verification: 'verification-keys',
  refresh: 'refresh-secrets',
  cursor: 'cursor-secrets',
  apiKey: 'api-key-secrets',
  metrics: 'metrics-token',
}

/** Name of a secret in Secrets Manager. */
export const secretId = (prefix: string, name: SecretName): string => `${prefix}/${lastPart[name]}`

/** Name of the secret with the first admin's e-mail and initial password. */
export const adminSecretId = (prefix: string): string => `${prefix}/first-admin`

/** The newest that may be used already. @throws Fault when none may */
export function newestActive<T extends { active_from: number }>(all: readonly T[], now: number): T {
  const active = all.filter(({ active_from }) => active_from <= now)
  const [newest] = active.sort((a, b) => b.active_from - a.active_from)
  if (!newest) throw new Fault('No key or secret is active yet')
  return newest
}

const keyringOf = ({ secrets }: z.infer<typeof DatedSecrets>, now: number): Keyring => ({
  current: newestActive(secrets, now).secret,
  accepted: secrets.map(({ secret }) => secret),
})

interface SecretServices {
  clock: Pick<Clock, 'now'>
  secrets: Pick<SecretSources, 'refresh' | 'cursor' | 'apiKey'>
}

export const refreshKeyring = async ({ secrets, clock }: SecretServices): Promise<Keyring> =>
  keyringOf(await secrets.refresh.current(), clock.now())

export const cursorKeyring = async ({ secrets, clock }: SecretServices): Promise<Keyring> =>
  keyringOf(await secrets.cursor.current(), clock.now())

export const apiKeyKeyring = async ({ secrets, clock }: SecretServices): Promise<Keyring> =>
  keyringOf(await secrets.apiKey.current(), clock.now())

/** A JSON file with a member for each secret. */
export const secretsFromFile =
  (file: string) =>
  async (name: SecretName): Promise<unknown> =>
    JSON.parse(readFileSync(file, 'utf8'))[name]
