import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IssuedApiKey } from '#shared/api-keys/api-key.ts'
import { createApiKey } from '#shared/api-keys/create-api-key.ts'
import { revokeApiKey } from '#shared/api-keys/revoke-api-key.ts'
import { rotateApiKey } from '#shared/api-keys/rotate-api-key.ts'
import type { Runtime } from '#shared/composition/process.ts'
import { destination } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { authorizeRequest } from '#shared/users/authorizer.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { contextOf, onceOf, runtimeOn } from '#tests/support/in-process.ts'
import { countCalls, type Usage } from './counting.ts'

const admin = contextOf('admin', 'usr_admin', Number.POSITIVE_INFINITY)
let table: Awaited<ReturnType<typeof startBareTable>>
let runtime: Runtime
let measure: ReturnType<typeof countCalls>
beforeAll(async () => {
  // Security events are logged.
  destination.replace(() => undefined)
  table = await startBareTable()
  runtime = runtimeOn(table)
  measure = countCalls(runtime.client)
})
afterAll(async () => {
  runtime.client.destroy()
  await table.stop()
})

const services = (): Services => runtime.servicesUntil(Number.POSITIVE_INFINITY)
async function create(key: string = randomUUID()): Promise<IssuedApiKey> {
  const request = { name: 'Desk', role: 'integration' as const }
  return (await createApiKey(services(), admin, { request, once: onceOf(key, request) })).result
}
const authorize = ({ key }: Pick<IssuedApiKey, 'key'>) =>
  authorizeRequest(services(), { headers: { Authorization: `Bearer ${key}` }, methodArn: 'arn:api/prod/GET/orders' })
const rotate = ({ id }: IssuedApiKey) => rotateApiKey(services(), admin, { id, once: onceOf(randomUUID(), {}) })

/** What is set up before each use, the work that is measured, and its budget. */
const uses: [string, () => Promise<() => Promise<unknown>>, Usage][] = [
  [
    'a request of a key that was never used, in a new authorizer',
    async () => {
      const key = await create()
      return () => authorize(key)
    },
    { rounds: ['GetItem', 'UpdateItem'], table: 2, indexes: 0 },
  ],
  [
    'a request in an authorizer that knows the key',
    async () => {
      const key = await create()
      await authorize(key)
      return () => authorize(key)
    },
    { rounds: [], table: 0, indexes: 0 },
  ],
  [
    'a key of another stage',
    async () => {
      const { key } = await create()
      return () => expect(authorize({ key: `${key}`.replace('hf_local', 'hf_prod') })).rejects.toThrow('Unauthorized')
    },
    { rounds: [], table: 0, indexes: 0 },
  ],
  [
    'the check beside the first read of a request',
    async () => {
      const { id } = await create()
      return () => services().store.apiKeys.getStanding(id)
    },
    { rounds: ['BatchGetItem'], table: 1, indexes: 0 },
  ],
  ['making a key', async () => create, { rounds: ['TransactWriteItems'], table: 4, indexes: 1 }],
  [
    'making a key again',
    async () => {
      const key = randomUUID()
      await create(key)
      return () => create(key)
    },
    { rounds: ['TransactWriteItems'], table: 0, indexes: 0 },
  ],
  [
    'rotating a key',
    async () => {
      const key = await create()
      return () => rotate(key)
    },
    { rounds: ['GetItem', 'TransactWriteItems'], table: 7, indexes: 0 },
  ],
  [
    'revoking a key',
    async () => {
      const { id } = await create()
      return () => revokeApiKey(services(), admin, id)
    },
    { rounds: ['GetItem', 'TransactWriteItems'], table: 5, indexes: 0 },
  ],
]

describe('the table calls for API keys stay within their budget', () => {
  test.each(uses)('%s', async (_, prepare, budget) => {
    const { result: _result, ...usage } = await measure(await prepare())
    expect(usage).toEqual(budget)
  })
})
