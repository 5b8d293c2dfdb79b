import { createPublicKey, randomUUID } from 'node:crypto'
import { type CryptoKey, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose'
import type { Secrets } from '#shared/runtime/secrets.ts'
import type { Tokens } from '#shared/users/user.ts'
import { isLower, respelled, twinOf } from '#tests/support/twin-signatures.ts'

/** More than an attacker can have: a session of their own, the API's keys (to build tokens that must fail), a clock. */
export interface Workshop {
  key: Secrets['signing']['keys'][number]
  tokens: Tokens
  sessionId: string
  /** Epoch seconds. */
  now: number
}

interface Parts {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  /** Private key or shared secret; by default the API's. */
  signWith?: CryptoKey | Uint8Array
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Members that are undefined are left out, as JSON does. */
const genuineHeader = ({ key }: Workshop) => ({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })
const genuineClaims = ({ tokens, sessionId, now }: Workshop) => ({
  iss: 'holdfast-local',
  aud: 'holdfast-api',
  sub: tokens.user_info.id,
  sid: sessionId,
  epoch: 0,
  role: tokens.user_info.role,
  jti: randomUUID(),
  iat: now,
  exp: now + 900,
})

/** Without parts: a token as the API signs it. It must be accepted, or the refusals of the others prove nothing. */
export async function signToken(workshop: Workshop, { header, claims, signWith }: Parts = {}): Promise<string> {
  const protectedHeader = JSON.parse(JSON.stringify({ ...genuineHeader(workshop), ...header }))
  const payload = JSON.parse(JSON.stringify({ ...genuineClaims(workshop), ...claims }))
  const key = signWith ?? (await importJWK(workshop.key.jwk, 'ES256'))
  const crit = { crit: { 'urn:example:critical': true } }
  const sign = () => new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key, crit)
  let token = await sign()
  // Half of all signatures are twins of those that the API makes.
  while (protectedHeader.alg === 'ES256' && !isLower(token)) token = await sign()
  return token
}

/** Tokens by what is wrong with them. */
export async function forgedTokens(workshop: Workshop): Promise<Record<string, string>> {
  const sign = (parts: Parts) => signToken(workshop, parts)
  const claim = (claims: Record<string, unknown>) => sign({ claims })
  const header = (members: Record<string, unknown>) => sign({ header: members })
  return {
    ...(await claimForgeries(workshop, claim)),
    ...(await headerForgeries(workshop, header)),
    ...(await keyForgeries(workshop, sign)),
    ...(await textForgeries(workshop)),
  }
}

type Table = Promise<Record<string, string>>

async function claimForgeries({ now }: Workshop, claim: (claims: Record<string, unknown>) => Promise<string>): Table {
  return {
    'expired a second ago': await claim({ iat: now - 900, exp: now - 1 }),
    'expired a year ago': await claim({ exp: now - 31_536_000 }),
    'never expires': await claim({ exp: undefined }),
    'exp is text': await claim({ exp: String(now + 900) }),
    'exp is null': await claim({ exp: null }),
    'not valid before tomorrow': await claim({ nbf: now + 86_400 }),
    'nbf is text': await claim({ nbf: 'now' }),
    'no iat': await claim({ iat: undefined }),
    'iat is text': await claim({ iat: String(now) }),
    'issued by another stage': await claim({ iss: 'holdfast-prod' }),
    'issued by another issuer': await claim({ iss: 'https://accounts.example.com' }),
    'no issuer': await claim({ iss: undefined }),
    'for another audience': await claim({ aud: 'another-audience' }),
    'for a longer audience': await claim({ aud: 'holdfast-api-2' }),
    'no audience': await claim({ aud: undefined }),
    'no subject': await claim({ sub: undefined }),
    'the subject is a number': await claim({ sub: 1 }),
    'the subject does not exist': await claim({ sub: `usr_${'0'.repeat(52)}` }),
    'the subject is empty': await claim({ sub: '' }),
    'no session': await claim({ sid: undefined }),
    'the session is a list': await claim({ sid: [] }),
    'no epoch': await claim({ epoch: undefined }),
    'the epoch is text': await claim({ epoch: '0' }),
    'no jti': await claim({ jti: undefined }),
    'no role': await claim({ role: undefined }),
    'an unknown role': await claim({ role: 'root' }),
    'a list of roles': await claim({ role: ['admin'] }),
  }
}

async function headerForgeries(
  { key }: Workshop,
  header: (members: Record<string, unknown>) => Promise<string>,
): Table {
  const { d: _private, ...publicJwk } = key.jwk
  return {
    'type JWT': await header({ typ: 'JWT' }),
    'type of an ID token': await header({ typ: 'id+jwt' }),
    'no type': await header({ typ: undefined }),
    'no kid': await header({ kid: undefined }),
    'unknown kid': await header({ kid: 'unknown' }),
    'kid of a prototype': await header({ kid: '__proto__' }),
    'kid is a path': await header({ kid: '../../../../dev/null' }),
    'brings a jku': await header({ jku: 'https://attacker.example.com/jwks.json' }),
    'brings an x5u': await header({ x5u: 'https://attacker.example.com/chain.pem' }),
    'brings an x5c': await header({ x5c: ['MIIB'] }),
    'brings an x5t': await header({ 'x5t#S256': 'AAAA' }),
    'brings its own key': await header({ jwk: publicJwk }),
    'has a critical extension': await header({ crit: ['urn:example:critical'], 'urn:example:critical': 1 }),
    'has any other header': await header({ cty: 'JWT' }),
  }
}

async function keyForgeries(workshop: Workshop, sign: (parts: Parts) => Promise<string>): Table {
  const { d: _private, ...publicJwk } = workshop.key.jwk
  const pem = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
  const hmac = (alg: string, secret: string) => sign({ header: { alg }, signWith: Buffer.from(secret) })
  const foreign = async (alg: string, members: Record<string, unknown> = {}) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    return { privateKey, publicKey, token: await sign({ header: { alg, ...members }, signWith: privateKey }) }
  }
  const other = await foreign('ES256')
  const otherPem = await exportSPKI(other.publicKey)
  return {
    'another key under our kid': other.token,
    'another key under a kid of its own': (await foreign('ES256', { kid: 'mine' })).token,
    'HS256 with our public key as PEM': await hmac('HS256', pem),
    'HS256 with our public key as PEM, trimmed': await hmac('HS256', pem.trim()),
    'HS256 with our public key as JWK': await hmac('HS256', JSON.stringify(publicJwk)),
    'HS256 with a foreign public key': await hmac('HS256', otherPem),
    'HS256 with our kid as the secret': await hmac('HS256', workshop.key.kid),
    'HS512 with our public key as PEM': await hmac('HS512', pem),
    'ES384 under our kid': (await foreign('ES384')).token,
    'ES512 under our kid': (await foreign('ES512')).token,
    'RS256 under our kid': (await foreign('RS256')).token,
    'PS256 under our kid': (await foreign('PS256')).token,
    'EdDSA under our kid': (await foreign('EdDSA')).token,
  }
}

async function textForgeries(workshop: Workshop): Table {
  const genuine = await signToken(workshop)
  const [head = '', payload = '', signature = ''] = genuine.split('.')
  const claims = genuineClaims(workshop)
  const header = genuineHeader(workshop)
  const flipped = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  return {
    'unsecured, as jose writes it': new UnsecuredJWT(claims).encode(),
    'alg none with an empty signature': `${encode({ ...header, alg: 'none' })}.${payload}.`,
    'alg none with our signature': `${encode({ ...header, alg: 'none' })}.${payload}.${signature}`,
    'alg None in other letters': `${encode({ ...header, alg: 'nOnE' })}.${payload}.`,
    'alg in small letters': `${encode({ ...header, alg: 'es256' })}.${payload}.${signature}`,
    'no alg': `${encode({ typ: header.typ, kid: header.kid })}.${payload}.${signature}`,
    'the payload promoted to admin': `${head}.${encode({ ...claims, role: 'admin' })}.${signature}`,
    'the payload of another user': `${head}.${encode({ ...claims, sub: 'usr_1' })}.${signature}`,
    'one letter of the payload': `${head}.${flipped(payload, 20)}.${signature}`,
    'one letter of the signature': `${head}.${payload}.${flipped(signature, 20)}`,
    'one letter of the header': `${flipped(head, 20)}.${payload}.${signature}`,
    'the twin of the signature': twinOf(genuine),
    'the signature in another spelling': respelled(genuine),
    'a signature of zeros': `${head}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
    'an empty signature': `${head}.${payload}.`,
    'a signature cut short': genuine.slice(0, -10),
    'two parts': `${head}.${payload}`,
    'only the header': head,
    'empty parts': '..',
    'no header': `.${payload}.${signature}`,
    'no payload': `${head}..${signature}`,
    'a part too many': `${genuine}.${signature}`,
    'five parts, as if encrypted': `${head}.${payload}.${signature}.${payload}.${signature}`,
    'the payload is not JSON': `${head}.${Buffer.from('claims').toString('base64url')}.${signature}`,
    'the header is not JSON': `${Buffer.from('header').toString('base64url')}.${payload}.${signature}`,
    'the header is a list': `${encode([header])}.${payload}.${signature}`,
    'the header is null': `${encode(null)}.${payload}.${signature}`,
    'the token twice': `${genuine}${genuine}`,
    'our refresh token': workshop.tokens.refresh_token,
    'an opaque text': randomUUID(),
    'a text of one letter': 'x',
    'genuine, but with a huge claim': await signToken(workshop, { claims: { filler: 'x'.repeat(9000) } }),
    'as huge as HTTP lets through': 'x'.repeat(15_000),
  }
}
