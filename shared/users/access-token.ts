import { randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod/mini'
import { Role, type SessionClaim } from '#shared/requests/caller.ts'
import { unauthenticated } from '#shared/requests/refusal.ts'
import { newestActive, type SecretSources, type Secrets } from '#shared/runtime/secrets.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import { canonicallySigned, isCanonicallySigned } from './canonical-signature.ts'
import type { Jwks, User } from './user.ts'

const algorithm = 'ES256'
const tokenType = 'at+jwt'
const audience = 'holdfast-api'
const issuerOf = (stage: string) => `holdfast-${stage}`

const Claims = z.object({
  sub: z.string(),
  sid: z.string(),
  /** Epoch of the credentials that the session started under. */
  epoch: z.int(),
  role: Role,
  /** Only there while the bearer must change the password first. */
  must_change_password: z.exactOptional(z.literal(true)),
  /** Epoch seconds. */
  exp: z.int(),
})
export type Claims = z.infer<typeof Claims>

/** What tokens are signed and verified with: only a function that issues tokens can read the signing keys. */
type TokenServices<N extends 'signing' | 'verification'> = Pick<Services, 'config' | 'requestId'> & {
  secrets: Pick<SecretSources, N>
  clock: Pick<Services['clock'], 'now'>
}

type VerificationKey = Secrets['verification']['keys'][number]

/** API Gateway accepts headers of 10 kB at most; the tokens signed here are far shorter. */
const maxTokenLength = 4096

/** Signs an access token of one session. */
export async function signAccessToken(
  { config, clock, secrets }: TokenServices<'signing'>,
  user: Pick<User, 'id' | 'role' | 'must_change_password'>,
  session: SessionClaim,
): Promise<{ token: string; expiresInSeconds: number }> {
  const nowMilliseconds = clock.now()
  const now = Math.floor(nowMilliseconds / 1000)
  const key = newestActive((await secrets.signing.current()).keys, nowMilliseconds)
  const expiresInSeconds = config.ACCESS_TOKEN_MINUTES * 60
  const token = await new SignJWT({
    sid: session.id,
    epoch: session.epoch,
    role: user.role,
    ...(user.must_change_password ? { must_change_password: true } : {}),
  })
    .setProtectedHeader({ alg: algorithm, typ: tokenType, kid: key.kid })
    .setIssuer(issuerOf(config.STAGE))
    .setAudience(audience)
    .setSubject(user.id)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + expiresInSeconds)
    .sign(await importJWK(key.jwk, algorithm))
  return { token: canonicallySigned(token), expiresInSeconds }
}

/**
 * The claims of a token that Holdfast signed and that is valid now.
 * @throws Refusal `not_authenticated` whatever is wrong with it
 */
export async function verifyAccessToken(services: TokenServices<'verification'>, token: string): Promise<Claims> {
  try {
    return await verified(services, token)
  } catch (error) {
    if (claimsValidity(token, services.clock.now())) await reportSecurityEvent(services, 'TokenForged')
    throw error
  }
}

/** Whether a token says that it has not expired. One that says so and is refused was not signed here. */
function claimsValidity(token: string, now: number): boolean {
  try {
    const { exp } = token.length > maxTokenLength ? {} : decodeJwt(token)
    return exp !== undefined && exp * 1000 > now
  } catch {
    return false
  }
}

async function verified({ config, clock, secrets }: TokenServices<'verification'>, token: string): Promise<Claims> {
  const key = await findKey(secrets.verification, keyIdOf(token))
  if (!key || !isCanonicallySigned(token)) throw unauthenticated()
  try {
    const { payload } = await jwtVerify(token, await importJWK(jwkOf(key), algorithm), {
      algorithms: [algorithm],
      typ: tokenType,
      issuer: issuerOf(config.STAGE),
      audience,
      requiredClaims: ['sub', 'sid', 'epoch', 'role', 'exp', 'iat', 'jti'],
      currentDate: new Date(clock.now()),
    })
    return Claims.parse(payload)
  } catch {
    throw unauthenticated()
  }
}

/** Key id of a header that has exactly the three members `signAccessToken` writes: a token that brings its own key is refused. */
function keyIdOf(token: string): string {
  try {
    const header = token.length > maxTokenLength ? {} : decodeProtectedHeader(token)
    if (Object.keys(header).sort().join() === 'alg,kid,typ') return String(header.kid)
  } catch {
    // Not even a header.
  }
  throw unauthenticated()
}

/** An unknown key may be a new one, so the keys are read again once. Failing to read them is a fault, not a bad token. */
async function findKey(source: SecretSources['verification'], kid: string): Promise<VerificationKey | undefined> {
  const find = ({ keys }: Secrets['verification']) => keys.find((key) => key.kid === kid)
  return find(await source.current()) ?? find(await source.refreshed())
}

const jwkOf = (key: VerificationKey): Jwks['keys'][number] => ({ ...key, alg: algorithm, use: 'sig' })

/** The public keys, those not in use yet included. */
export const publicKeys = async ({ secrets }: { secrets: Pick<SecretSources, 'verification'> }): Promise<Jwks> => ({
  keys: (await secrets.verification.current()).keys.map(jwkOf),
})

/** The token of an `Authorization: Bearer` header; undefined when the header is something else. */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1]
