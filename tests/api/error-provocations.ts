import { randomUUID } from 'node:crypto'
import { createClient } from '#shared/api/client.ts'
import {
  expectStatus,
  newKey,
  newPerson,
  newProduct,
  newProgram,
  newSku,
  type Person,
  password,
  signIn,
} from '#tests/support/people.ts'

export type Answer = { status: number; body: unknown }
type Provocation = () => Promise<Answer>

/** How a client gets an error: by operation, then by code. */
export type Provocations = Record<string, Record<string, Provocation>>

const registration = () => ({ email: `${randomUUID()}@example.com`, password })

const count = 12

/** Changes one thing with concurrent requests, another thing each round, until two of them conflict. */
export async function contested(oneThing: () => Promise<(n: number) => Promise<Answer>>): Promise<Answer> {
  for (let round = 0; round < 20; round += 1) {
    const change = await oneThing()
    const answers = await Promise.all(Array.from({ length: count }, (_, n) => change(n)))
    const refused = answers.find(({ status }) => status === 409)
    if (refused) return refused
  }
  throw new Error('No two changes ever met')
}

/** A stack that allows one attempt. */
export interface Strict {
  baseUrl: string
  adminPassword: string
}

/** Accounts: errors of registrations, logins and tokens. */
export function accountProvocations(baseUrl: string, admin: Person, strict: Strict): Provocations {
  const anybody = createClient({ baseUrl })
  const taken = (of: 'email' | 'username', send: typeof anybody.register): Provocation => {
    return async () => {
      const first = { ...registration(), username: `u-${randomUUID()}` }
      expectStatus(await send({ body: first }), 201)
      return send({ body: { ...registration(), [of]: first[of].toUpperCase() } })
    }
  }
  const weak = { ...registration(), password: 'short' }
  const freshTokens = async () => (await newPerson(baseUrl, admin)).tokens
  return {
    register: {
      email_taken: taken('email', anybody.register),
      username_taken: taken('username', anybody.register),
      weak_password: () => anybody.register({ body: weak }),
      not_authenticated: () => anybody.register({ body: { ...registration(), role: 'admin' } }),
      forbidden: async () =>
        (await newPerson(baseUrl, admin)).register({ body: { ...registration(), role: 'operator' } }),
      rate_limited: async () => {
        expectStatus(await createClient(strict).register({ body: registration() }), 201)
        return createClient(strict).register({ body: registration() })
      },
    },
    createUser: {
      email_taken: taken('email', admin.createUser),
      username_taken: taken('username', admin.createUser),
      weak_password: () => admin.createUser({ body: weak }),
      rate_limited: async () => {
        const creator = await signIn(strict.baseUrl, 'admin', strict.adminPassword)
        const headers = newKey()
        const body = registration()
        expectStatus(await creator.createUser({ body, headers }), 201)
        const guess = () => creator.createUser({ body: { ...body, password: 'a-wrong-password' }, headers })
        await guess()
        return guess()
      },
    },
    createApiKey: {
      api_key_limit_reached: async () => {
        const creator = await signIn(strict.baseUrl, 'admin', strict.adminPassword)
        return creator.createApiKey({ body: { name: 'One too many', role: 'user' } })
      },
    },
    rotateApiKey: {
      api_key_ended: async () => {
        const params = { id: (await newProgram(baseUrl, admin, { role: 'user' })).id }
        expectStatus(await admin.revokeApiKey({ params }), 204)
        return admin.rotateApiKey({ params })
      },
    },
    changePassword: {
      weak_password: async () => {
        const person = await newPerson(baseUrl, admin)
        return person.changePassword({ body: { current_password: password, new_password: 'short' } })
      },
      concurrent_update: () =>
        contested(async () => {
          const person = await newPerson(baseUrl, admin)
          return (n) =>
            person.changePassword({ body: { current_password: password, new_password: `another-password-${n}` } })
        }),
      rate_limited: async () => {
        const person = await newPerson(strict.baseUrl, await signIn(strict.baseUrl, 'admin', strict.adminPassword))
        const guess = () =>
          person.changePassword({ body: { current_password: 'a-wrong-password', new_password: password } })
        await guess()
        return guess()
      },
    },
    logIn: {
      invalid_credentials: () => anybody.logIn({ body: { username: 'unknown', password } }),
      rate_limited: async () => {
        const again = () => createClient(strict).logIn({ body: { username: 'unknown', password } })
        await again()
        return again()
      },
    },
    refresh: {
      refresh_invalid: () => anybody.refresh({ body: { refresh_token: 'made-up' } }),
      refresh_reused: async () => {
        const { refresh_token: first } = await freshTokens()
        const second = expectStatus(await anybody.refresh({ body: { refresh_token: first } }), 200).refresh_token
        expectStatus(await anybody.refresh({ body: { refresh_token: second } }), 200)
        return anybody.refresh({ body: { refresh_token: first } })
      },
      rate_limited: async () => {
        const creator = await signIn(strict.baseUrl, 'admin', strict.adminPassword)
        let { refresh_token } = (await newPerson(strict.baseUrl, creator)).tokens
        for (;;) {
          // A minute may begin on the way.
          const reply = await createClient(strict).refresh({ body: { refresh_token } })
          if (!reply.ok) return reply
          refresh_token = reply.body.refresh_token
        }
      },
    },
    getMetrics: {
      not_authenticated: () => anybody.getMetrics(),
      forbidden: async () => (await newPerson(baseUrl, admin)).getMetrics(),
    },
    logOut: {
      not_authenticated: () => anybody.logOut({ headers: { Authorization: 'Bearer made-up' } }),
      refresh_invalid: () => anybody.logOut({ body: { refresh_token: 'made-up' } }),
    },
  }
}

/** Products, warehouses and stock. */
export function stockProvocations(admin: Person): Provocations {
  const unknown = () => ({ sku: newSku(), quantity: 1, reason: 'Found' })
  return {
    createProduct: {
      sku_taken: async () =>
        admin.createProduct({ body: { sku: await newProduct(admin), name: 'Again', unit_price: 1 } }),
    },
    updateProduct: {
      concurrent_update: () =>
        contested(async () => {
          const params = { sku: await newProduct(admin) }
          return (n) => admin.updateProduct({ params, body: { unit_price: n } })
        }),
    },
    updateWarehouse: {
      concurrent_update: () =>
        contested(async () => {
          const { id } = expectStatus(await admin.createWarehouse({ body: { name: 'Contested' } }), 201)
          return (n) => admin.updateWarehouse({ params: { id }, body: { priority: 500 + n } })
        }),
    },
    receiveStock: { unknown_sku: () => admin.receiveStock({ body: unknown(), headers: newKey() }) },
    adjustStock: {
      unknown_sku: () => admin.adjustStock({ body: unknown(), headers: newKey() }),
      insufficient_stock: async () => {
        const body = { sku: await newProduct(admin), quantity: -1, reason: 'Lost' }
        return admin.adjustStock({ body, headers: newKey() })
      },
    },
  }
}
