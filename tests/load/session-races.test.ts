import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, createClient } from '#shared/api/client.ts'
import type { Tokens } from '#shared/users/user.ts'
import { counts } from '#tests/support/counts.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newPerson, type Person, password, signIn, signInAdmin } from '#tests/support/people.ts'
import { pick, seeded } from '#tests/support/seeded.ts'

const next = 'quite-another-password'
const random = seeded(13)
let stack: LocalStack
let anybody: Client
let admin: Person

beforeAll(async () => {
  // bcrypt as slow as in production: the race needs logins that are under way for a while.
  stack = await startLocalStack({ environment: { PASSWORD_HASH_COST: '8' } })
  anybody = createClient({ baseUrl: stack.baseUrl })
  admin = await signInAdmin(stack.baseUrl, adminPassword)
})
afterAll(() => stack.stop())

const update = async ({ id }: Person, disabled: boolean) =>
  expectStatus(await admin.updateUser({ params: { id }, body: { disabled } }), 200)

/** What ends the sessions of a person, except the one that changes the password. */
const endings = {
  change: async (person: Person) =>
    expectStatus(await person.changePassword({ body: { current_password: password, new_password: next } }), 204),
  disable: (person: Person) => update(person, true),
  erase: async ({ id }: Person) => expectStatus(await admin.eraseUser({ params: { id } }), 204),
}

const order = (person: Pick<Client, 'createOrder'>) => person.createOrder({ body: { product_name: 'Gift', amount: 1 } })

/**
 * Clients that know the password, and one that has a session, take all the tokens they can get until each is refused.
 * @param requests after how many requests `underWay` resolves, once a login and a refresh were among those that were served
 */
function attack({ tokens: { user_info } }: Person, session: Tokens, requests: number) {
  const loot: Tokens[] = [session]
  const served = { logins: 0, refreshes: 0 }
  let sent = 0
  const { promise: underWay, resolve } = Promise.withResolvers<void>()
  const send = async <T>(request: Promise<T>): Promise<T> => {
    sent += 1
    const reply = await request
    if (sent >= requests && served.logins > 0 && served.refreshes > 0) resolve()
    return reply
  }
  const logins = Array.from({ length: 4 }, async () => {
    for (;;) {
      const reply = await send(anybody.logIn({ body: { email: user_info.email, password } }))
      if (!reply.ok) return expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
      loot.push(reply.body)
      served.logins += 1
    }
  })
  const refreshes = async () => {
    for (let { refresh_token } = session; ; ) {
      const reply = await send(anybody.refresh({ body: { refresh_token } }))
      if (!reply.ok) return expect(reply).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
      loot.push(reply.body)
      served.refreshes += 1
      refresh_token = reply.body.refresh_token
    }
  }
  const refusals = Promise.all([...logins, refreshes()])
  return {
    underWay,
    async takings(): Promise<Tokens[]> {
      await refusals
      return loot
    },
  }
}

/** What the tokens from before still allow, beyond what a plain user reads. */
async function survivors(loot: Tokens[]): Promise<string[]> {
  const alive = loot.map(async ({ access_token, refresh_token }) => {
    const written = await order(createClient({ baseUrl: stack.baseUrl, accessToken: access_token }))
    const refreshed = await anybody.refresh({ body: { refresh_token } })
    return [...(written.ok ? ['writes'] : []), ...(refreshed.ok ? ['refreshes'] : [])]
  })
  return (await Promise.all(alive)).flat()
}

describe('logins and refreshes under way while the credentials change', () => {
  test(`leave no session behind, ${counts.sessionRaces} times`, async () => {
    for (let round = 0; round < counts.sessionRaces; round += 1) {
      const person = await newPerson(stack.baseUrl, admin)
      const { email } = person.tokens.user_info
      const { tokens } = await signIn(stack.baseUrl, email, password)
      const attacker = attack(person, tokens, 5 + Math.floor(random() * 15))
      await attacker.underWay
      const ending = pick(random, ['change', 'disable', 'erase'] as const)
      await endings[ending](person)
      const loot = await attacker.takings()
      if (ending === 'disable') await update(person, false)
      expect(await survivors(loot), `${ending} in round ${round}`).toEqual([])
      if (ending === 'change') expectStatus(await order(person), 201)
    }
  })
})

describe('64 logins, refreshes and password changes of one account at once', () => {
  test('are all answered, none of them with a 5xx, and one password is right afterwards', async () => {
    const person = await newPerson(stack.baseUrl, admin)
    const { email } = person.tokens.user_info
    const secrets = [password, next]
    const sessions = await Promise.all(Array.from({ length: 16 }, () => signIn(stack.baseUrl, email, password)))
    const requests = Array.from({ length: 64 }, (_, n): Promise<{ status: number }> => {
      const session = sessions[n % sessions.length] ?? person
      switch (n % 4) {
        case 0:
          return session.changePassword({ body: { current_password: password, new_password: next } })
        case 1:
          return anybody.refresh({ body: { refresh_token: session.tokens.refresh_token } })
        default:
          return anybody.logIn({ body: { email, password: pick(random, secrets) } })
      }
    })
    const statuses = (await Promise.all(requests)).map(({ status }) => status)
    expect(statuses.filter((status) => ![200, 204, 401, 409, 422].includes(status))).toEqual([])
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    const outcomes = await Promise.all(secrets.map((secret) => anybody.logIn({ body: { email, password: secret } })))
    expect(outcomes.map(({ status }) => status)).toEqual([401, 200])
    const alive = await Promise.all(sessions.map((session) => order(session)))
    expect(alive.filter(({ status }) => status === 201)).toHaveLength(1)
  })
})
