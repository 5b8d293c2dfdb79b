import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Problem } from '#shared/api/problem.ts'
import { secretSchemas } from '#shared/runtime/secrets.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { signInAdmin } from '#tests/support/people.ts'
import { forgedTokens, signToken, type Workshop } from './forged-tokens.ts'

interface RawAnswer {
  status: number
  contentType: string | undefined
  challenge: string | string[] | undefined
  text: string
}

let stack: LocalStack
let workshop: Workshop
let forgeries: Record<string, string>

beforeAll(async () => {
  stack = await startLocalStack()
  const { tokens } = await signInAdmin(stack.baseUrl, adminPassword)
  const { signing } = JSON.parse(readFileSync(join(stack.dataFolder, 'secrets.json'), 'utf8'))
  const [key] = secretSchemas.signing.parse(signing).keys
  if (!key) throw new Error('The stack has no signing key')
  const [sessionId = ''] = tokens.refresh_token.split('.')
  workshop = { key, tokens, sessionId, now: Math.floor(Date.now() / 1000) }
  forgeries = await forgedTokens(workshop)
})
afterAll(() => stack.stop())

/** Without fetch, which would normalise the headers. */
const getMe = (authorization: string | undefined, path = '/auth/me'): Promise<RawAnswer> =>
  new Promise((answered, failed) => {
    const headers = authorization === undefined ? {} : { Authorization: authorization }
    request(`${stack.baseUrl}${path}`, { headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        const { 'content-type': contentType, 'www-authenticate': challenge } = response.headers
        answered({ status: response.statusCode ?? 0, contentType, challenge, text })
      })
    })
      .once('error', failed)
      .end()
  })

const refusal = { status: 401, contentType: 'application/problem+json' }

describe('GET /auth/me', () => {
  test('accepts a valid token that is built like the forged ones', async () => {
    expect(await getMe(`Bearer ${await signToken(workshop)}`)).toMatchObject({ status: 200 })
    expect(await getMe(`bearer  ${workshop.tokens.access_token}`)).toMatchObject({ status: 200 })
    expect(await getMe(`Bearer ${await signToken(workshop, { claims: { nbf: workshop.now } })}`)).toMatchObject({
      status: 200,
    })
  })

  test('refuses every forged or stale token with the documented 401', async () => {
    expect(Object.keys(forgeries).length).toBeGreaterThan(60)
    const answers = Object.entries(forgeries).map(
      async ([flaw, token]) => [flaw, await getMe(`Bearer ${token}`)] as const,
    )
    for (const [flaw, answer] of await Promise.all(answers)) {
      expect(answer, flaw).toMatchObject(refusal)
      const problem = Problem.parse(JSON.parse(answer.text))
      expect(problem, flaw).toMatchObject({
        code: 'not_authenticated',
        detail: 'Could not validate credentials',
        instance: '/auth/me',
      })
    }
  })

  test('still refuses them the second time, when a decision could be cached', async () => {
    for (const flaw of ['expired a second ago', 'the payload promoted to admin', 'alg none with an empty signature']) {
      expect(await getMe(`Bearer ${forgeries[flaw]}`), flaw).toMatchObject(refusal)
    }
  })

  test('does not reuse a cached decision for a token that differs in one letter', async () => {
    const genuine = await signToken(workshop)
    expect(await getMe(`Bearer ${genuine}`)).toMatchObject({ status: 200 })
    expect(await getMe(`Bearer ${genuine}A`)).toMatchObject(refusal)
    expect(await getMe(`Bearer ${genuine}=`)).toMatchObject(refusal)
    expect(await getMe(`Bearer ${genuine.slice(0, -1)}`)).toMatchObject(refusal)
  })

  const schemes: [string, (token: string) => string | undefined][] = [
    ['nothing', () => undefined],
    ['an empty header', () => ''],
    ['the bare token', (token) => token],
    ['the scheme alone', () => 'Bearer'],
    ['Basic', (token) => `Basic ${token}`],
    ['Basic credentials', () => `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`],
    ['Token', (token) => `Token ${token}`],
    ['DPoP', (token) => `DPoP ${token}`],
    ['a scheme glued to the token', (token) => `Bearer${token}`],
    ['a colon', (token) => `Bearer: ${token}`],
    ['quotes', (token) => `Bearer "${token}"`],
    ['two schemes', (token) => `Bearer Bearer ${token}`],
    ['two tokens', (token) => `Bearer ${token} ${token}`],
    ['a parameter', (token) => `Bearer token=${token}`],
    ['characters outside ASCII', (token) => `Bearer ${token}é`],
  ]
  test.each(schemes)('refuses the genuine token after %s', async (_, write) => {
    const answer = await getMe(write(workshop.tokens.access_token))
    expect(answer).toMatchObject({ ...refusal, challenge: 'Bearer' })
    expect(Problem.parse(JSON.parse(answer.text)).code).toBe('not_authenticated')
  })
})

describe('other places that read a token', () => {
  test('do not accept one from the URL', async () => {
    const { access_token } = workshop.tokens
    expect(await getMe(undefined, `/auth/me?access_token=${access_token}`)).toMatchObject(refusal)
  })

  test('refuse the same tokens on routes that verify a bearer themselves', async () => {
    const register = async (token: string) => {
      const answer = await fetch(`${stack.baseUrl}/auth/register`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: 'x@example.com', password: 'short', role: 'admin' }),
      })
      return answer.status
    }
    // A request that passes the bearer fails because of the password, so no user is created.
    expect(await register(await signToken(workshop))).toBe(422)
    for (const [flaw, token] of Object.entries(forgeries)) expect(await register(token), flaw).toBe(401)
  })
})
