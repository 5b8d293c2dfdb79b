import { randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod/mini'
import { Role } from '#shared/requests/caller.ts'
import { Fault } from '#shared/requests/fault.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import type { Secrets } from '#shared/runtime/secrets.ts'
import { reportSecurityEvent } from '#shared/runtime/security-events.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Jwks, User } from './user.ts'

const algorithm = 'ES256'
const tokenType = 'at+jwt'
const audience = 'holdfast-api'
const issuerOf = (stage: string) => `holdfast-${stage}`

const Claims = z.object({
  sub: z.string(),
  sid: z.string(),
  role: Role,
  /** Only there while the bearer must change the password first. */
  must_change_password: z.exactOptional(z.literal(true)),
  /** Epoch seconds. */
  exp: z.int(),
})
export type Claims = z.infer<typeof Claims>

/** What tokens are made and judged with. */
type TokenServices = Pick<Services, 'config' | 'secrets' | 'requestId'> & { clock: Pick<Services['clock'], 'now'> }

type SigningKey = Secrets['signing_keys'][number]

/** API Gateway takes headers of 10 kB at most; nothing of ours comes near. */
const maxTokenLength = 4096

/** Signs an access token of one session. */
export async function signAccessToken(
  { config, clock, secrets }: TokenServices,
  user: Pick<User, 'id' | 'role' | 'must_change_password'>,
  sessionId: string,
): Promise<{ token: string; expiresInSeconds: number }> {
  const nowMilliseconds = clock.now()
  const now = Math.floor(nowMilliseconds / 1000)
  const key = signingKey(await secrets.current(), nowMilliseconds)
  const expiresInSeconds = config.ACCESS_TOKEN_MINUTES * 60
  const token = await new SignJWT({
    sid: sessionId,
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
  return { token, expiresInSeconds }
}

/** The newest key that is in use already. */
function signingKey({ signing_keys }: Secrets, now: number): SigningKey {
  const active = signing_keys.filter(({ active_from }) => active_from <= now)
  const [newest] = active.sort((a, b) => b.active_from - a.active_from)
  if (!newest) throw new Fault('No signing key is active yet')
  return newest
}

/**
 * The claims of a token of ours that is valid now.
 * @throws Refusal `not_authenticated` whatever is wrong with it
 */
export async function verifyAccessToken(services: TokenServices, token: string): Promise<Claims> {
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

async function verified({ config, clock, secrets }: TokenServices, token: string): Promise<Claims> {
  const key = await findKey(secrets, keyIdOf(token))
  if (!key) throw unauthenticated()
  try {
    const { payload } = await jwtVerify(token, await importJWK(publicPart(key), algorithm), {
      algorithms: [algorithm],
      typ: tokenType,
      issuer: issuerOf(config.STAGE),
      audience,
      requiredClaims: ['sub', 'sid', 'role', 'exp', 'iat', 'jti'],
      currentDate: new Date(clock.now()),
    })
    return Claims.parse(payload)
  } catch {
    throw unauthenticated()
  }
}

const unauthenticated = () => new Refusal('not_authenticated', 'Could not validate credentials')

/** Key id of a header with only the three members that we write: a token that brings a key of its own is not ours. */
function keyIdOf(token: string): string {
  try {
    const header = token.length > maxTokenLength ? {} : decodeProtectedHeader(token)
    if (Object.keys(header).sort().join() === 'alg,kid,typ') return String(header.kid)
  } catch {
    // Not even a header.
  }
  throw unauthenticated()
}

/** An unknown key may be a new one: the secrets are read again once. Failing to read them is our error, not a bad token. */
async function findKey(secrets: Services['secrets'], kid: string): Promise<SigningKey | undefined> {
  const find = ({ signing_keys }: Secrets) => signing_keys.find((key) => key.kid === kid)
  return find(await secrets.current()) ?? find(await secrets.refreshed())
}

const publicPart = ({ kid, jwk: { kty, crv, x, y } }: SigningKey): Jwks['keys'][number] => ({
  kty,
  crv,
  x,
  y,
  kid,
  alg: algorithm,
  use: 'sig',
})

/** The public keys, those not in use yet included. */
export const publicKeys = async ({ secrets }: Services): Promise<Jwks> => ({
  keys: (await secrets.current()).signing_keys.map(publicPart),
})

/** The token of an `Authorization: Bearer` header; undefined when the header is something else. */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1]
