import { randomUUID } from 'node:crypto'
import { type Client, type ClientOptions, createClient } from '#shared/api/client.ts'
import type { IssuedApiKey } from '#shared/api-keys/api-key.ts'
import type { NewApiKey } from '#shared/api-keys/api-key-requests.ts'
import type { Role } from '#shared/requests/caller.ts'
import type { NewUser, Tokens } from '#shared/users/user.ts'

/** A user who is signed in. */
export interface Person extends Client {
  tokens: Tokens
  id: string
}

/** @returns the body @throws Error when the answer has another status */
export function expectStatus<T extends { status: number; body: unknown }>(
  reply: T,
  status: number,
): Extract<T, { ok: true }>['body'] {
  if (reply.status !== status) throw new Error(`${reply.status} instead of ${status}: ${JSON.stringify(reply.body)}`)
  return reply.body as Extract<T, { ok: true }>['body']
}

export const password = 'a-good-password'

export async function signIn(
  baseUrl: string,
  username: string,
  secret: string,
  { fetch = globalThis.fetch }: Pick<ClientOptions, 'fetch'> = {},
): Promise<Person> {
  const anybody = createClient({ baseUrl, fetch })
  const tokens = expectStatus(await anybody.logIn({ body: { username, password: secret } }), 200)
  const client = createClient({ baseUrl, accessToken: tokens.access_token, fetch })
  return { ...client, tokens, id: tokens.user_info.id }
}

export const signInAdmin = (baseUrl: string, adminPassword: string): Promise<Person> =>
  signIn(baseUrl, 'admin', adminPassword)

/** A new user with a role, signed in. */
export async function newPerson(baseUrl: string, admin: Person, role: Role = 'user'): Promise<Person> {
  const email = `${randomUUID()}@example.com`
  await addUser(admin, { email, password, role })
  return signIn(baseUrl, email, password)
}

/** Creates a user who need not change the password first. @returns the id */
export async function addUser(admin: Person, body: NewUser): Promise<string> {
  const { id } = expectStatus(await admin.createUser({ body, headers: newKey() }), 201)
  expectStatus(await admin.updateUser({ params: { id }, body: { must_change_password: false } }), 200)
  return id
}

/** A program that calls the API with a key. */
export interface Program extends Client {
  id: string
  key: string
  /** The key, where an access token is expected. */
  tokens: { access_token: string }
}

export const programWith = (baseUrl: string, { id, key }: Pick<IssuedApiKey, 'id' | 'key'>): Program => {
  if (key === null) throw new Error(`The key ${id} is not shown`)
  return { ...createClient({ baseUrl, accessToken: key }), id, key, tokens: { access_token: key } }
}

/** A program with a new API key. */
export async function newProgram(
  baseUrl: string,
  admin: Person,
  { name = 'A program', ...request }: Omit<NewApiKey, 'name'> & { name?: string },
): Promise<Program> {
  return programWith(baseUrl, expectStatus(await admin.createApiKey({ body: { name, ...request } }), 201))
}

export const newSku = (): string => `SKU-${randomUUID().slice(0, 13)}`

export const newKey = (): Record<string, string> => ({ 'Idempotency-Key': randomUUID() })

/** A product with some stock in the main warehouse. */
export async function newProduct(
  admin: Person,
  {
    stock = 0,
    ...product
  }: {
    stock?: number
    backorder?: 'allow' | 'deny'
    stock_buckets?: number
    currency?: string
    unit_price?: number
  } = {},
): Promise<string> {
  const sku = newSku()
  expectStatus(await admin.createProduct({ body: { sku, name: `Product ${sku}`, unit_price: 1250, ...product } }), 201)
  if (stock > 0) {
    expectStatus(await admin.receiveStock({ body: { sku, quantity: stock }, headers: newKey() }), 201)
  }
  return sku
}
