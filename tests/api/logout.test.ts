import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import type { Tokens } from '#shared/users/user.ts'
import { expectStatus, password } from '#tests/support/people.ts'

const baseUrl = inject('baseUrl')
const anybody = createClient({ baseUrl })
const email = `${randomUUID()}@example.com`
const logIn = async (): Promise<Tokens> => expectStatus(await anybody.logIn({ body: { email, password } }), 200)
const refresh = ({ refresh_token }: Pick<Tokens, 'refresh_token'>) => anybody.refresh({ body: { refresh_token } })
const bearer = ({ access_token: accessToken }: Tokens) => createClient({ baseUrl, accessToken })
const refused = { status: 401, body: { code: 'refresh_invalid' } }

beforeAll(async () => {
  expectStatus(await anybody.register({ body: { email, password } }), 201)
})

describe('logging out', () => {
  test('by bearer ends the session of that token and no other', async () => {
    const [here, there] = [await logIn(), await logIn()]
    expectStatus(await bearer(here).logOut(), 204)
    expect(await refresh(here)).toMatchObject(refused)
    expectStatus(await refresh(there), 200)
  })

  test('by refresh token ends its session', async () => {
    const { refresh_token } = await logIn()
    expectStatus(await anybody.logOut({ body: { refresh_token } }), 204)
    expect(await refresh({ refresh_token })).toMatchObject(refused)
  })

  test('by a refresh token that was already exchanged ends the session too', async () => {
    const first = await logIn()
    const second = expectStatus(await refresh(first), 200)
    expectStatus(await anybody.logOut({ body: { refresh_token: first.refresh_token } }), 204)
    expect(await refresh(second)).toMatchObject(refused)
    expect(await refresh(first)).toMatchObject(refused)
  })

  test('twice is not an error', async () => {
    const tokens = await logIn()
    expectStatus(await bearer(tokens).logOut(), 204)
    expectStatus(await bearer(tokens).logOut(), 204)
    expectStatus(await anybody.logOut({ body: { refresh_token: tokens.refresh_token } }), 204)
  })

  test('with both tokens ends the session of the refresh token', async () => {
    const [here, there] = [await logIn(), await logIn()]
    expectStatus(await bearer(here).logOut({ body: { refresh_token: there.refresh_token } }), 204)
    expect(await refresh(there)).toMatchObject(refused)
    expectStatus(await refresh(here), 200)
  })

  test('without any token is refused', async () => {
    expect(await anybody.logOut()).toMatchObject({ status: 422, body: { code: 'validation_failed' } })
  })

  test('with an invalid token is refused and ends nothing', async () => {
    const tokens = await logIn()
    const forged = tokens.refresh_token.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))
    expect(await anybody.logOut({ body: { refresh_token: forged } })).toMatchObject(refused)
    const stranger = createClient({ baseUrl, accessToken: `${tokens.access_token.slice(0, -8)}AAAAAAAA` })
    expect(await stranger.logOut()).toMatchObject({ status: 401, body: { code: 'not_authenticated' } })
    expectStatus(await refresh(tokens), 200)
  })
})
