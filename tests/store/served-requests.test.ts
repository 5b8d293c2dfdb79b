import { randomUUID } from 'node:crypto'
import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import type * as z from 'zod/mini'
import { operations } from '#shared/api/operations.ts'
import { type Operation, routes } from '#shared/api/routes.ts'
import { placeOrder, placeSimulatedOrder } from '#shared/orders/place-order.ts'
import { createProduct, updateProduct } from '#shared/products/catalogue.ts'
import type { Config } from '#shared/runtime/config.ts'
import type { Services } from '#shared/runtime/services.ts'
import { adjustStock, receiveStock } from '#shared/stock/movements.ts'
import { createWarehouse } from '#shared/stock/warehouses.ts'
import { keys } from '#shared/store/keys.ts'
import { createUser, register } from '#shared/users/registration.ts'
import { newProduct, operator, owner, useWorld } from '#tests/support/world.ts'
import { apiKeyCases } from './api-key-cases.ts'
import { type Case, newOnce as once, withSettings } from './served-request.ts'

const world = useWorld()
const configured = (change: Partial<Config>): Services => withSettings(world.services, change)
const remove = (key: { pk: string; sk: string }) =>
  world.client.send(new DeleteCommand({ TableName: 'holdfast', Key: key }))

const account = () => ({ email: `${randomUUID()}@example.com`, password: 'a-good-password' })
const fromSomewhere = { authorization: undefined, clientAddress: '192.0.2.200' }

/** By operation and by what refuses it; undefined where only the write itself can refuse. */
const cases: Record<string, Record<string, () => Promise<Case>> | undefined> = {
  createOrder: {
    'its product is gone': async () => {
      const sku = await newProduct(world.services, 5)
      return {
        send: (services, key) => placeOrder(services, owner, { request: { lines: [{ sku, quantity: 1 }] }, once: key }),
        spoil: async () => {
          await remove(keys.product(sku))
          return world.services
        },
        code: 'unknown_sku',
      }
    },
    'its product was discontinued': async () => {
      const sku = await newProduct(world.services, 5)
      return {
        send: (services, key) => placeOrder(services, owner, { request: { lines: [{ sku, quantity: 1 }] }, once: key }),
        spoil: async () => {
          await updateProduct(world.services, { sku, change: { discontinued: true } })
          return world.services
        },
        code: 'product_discontinued',
      }
    },
    'the default currency has fewer decimals now': async () => ({
      send: (services, key) =>
        placeOrder(services, owner, { request: { product_name: 'Gift', amount: 9.99 }, once: key }),
      spoil: () => configured({ DEFAULT_CURRENCY: 'JPY' }),
      code: 'validation_failed',
    }),
  },
  createSimulatedOrder: {
    'simulated orders were switched off': async () => ({
      send: (services, key) => placeSimulatedOrder(services, owner, { success: true, once: key }),
      spoil: () => configured({ SIMULATED_ORDERS: 'off' }),
      code: 'not_found',
    }),
  },
  receiveStock: {
    'its product is gone': async () => {
      const sku = await newProduct(world.services, 0)
      return {
        send: (services, key) => receiveStock(services, operator, { request: { sku, quantity: 1 }, once: key }),
        spoil: async () => {
          await remove(keys.product(sku))
          return world.services
        },
        code: 'unknown_sku',
      }
    },
    'its warehouse is gone': async () => {
      const sku = await newProduct(world.services, 0)
      const request = { name: 'Short-lived' }
      const { result: warehouse } = await createWarehouse(world.services, { request, once: once() })
      return {
        send: (services, key) =>
          receiveStock(services, operator, { request: { sku, quantity: 1, warehouse_id: warehouse.id }, once: key }),
        spoil: async () => {
          await remove(keys.warehouse(warehouse.id))
          world.services.store.warehouses.forget()
          return world.services
        },
        code: 'validation_failed',
      }
    },
  },
  adjustStock: {
    'it took what it would need now': async () => {
      const sku = await newProduct(world.services, 5)
      const request = { sku, quantity: -5, reason: 'Lost' }
      return {
        send: (services, key) => adjustStock(services, operator, { request, once: key }),
        spoil: () => world.services,
        code: 'insufficient_stock',
      }
    },
  },
  createUser: {
    'the password policy is stricter now': async () => {
      const request = account()
      return {
        send: (services, key) => createUser(services, { request, once: key, clientAddress: '192.0.2.201' }),
        spoil: () => configured({ PASSWORD_POLICY: 'complex' }),
        code: 'weak_password',
      }
    },
  },
  register: {
    'the password policy is stricter now': async () => {
      const request = account()
      return {
        send: (services, key) => register(services, { ...fromSomewhere, request, once: key }),
        spoil: () => configured({ PASSWORD_POLICY: 'complex' }),
        code: 'weak_password',
      }
    },
    'registration was closed': async () => {
      const request = account()
      return {
        send: (services, key) => register(services, { ...fromSomewhere, request, once: key }),
        spoil: () => configured({ REGISTRATION: 'admin_only' }),
        code: 'not_authenticated',
      }
    },
    'its network has registered as many as it may': async () => {
      const request = account()
      const from = { ...fromSomewhere, clientAddress: '192.0.2.202' }
      return {
        send: (services, key) => register(services, { ...from, request, once: key }),
        spoil: async () => {
          for (let n = 0; n < 4; n += 1) await register(world.services, { ...from, request: account(), once: once() })
          return world.services
        },
        code: 'rate_limited',
      }
    },
  },
  ...apiKeyCases(world),
  createProduct: undefined,
  createWarehouse: undefined,
}

test('every operation with an Idempotency-Key is here', () => {
  const creating = operations.flatMap(({ operation, route }) => (route.idempotency ? [operation] : []))
  expect(Object.keys(cases).toSorted()).toEqual(creating.toSorted())
})

const listed = Object.entries(cases).flatMap(([operation, all = {}]) =>
  Object.entries(all).map(([reason, prepare]) => ({ operation, reason, prepare })),
)

describe('a repeat of a served request gets its first answer', () => {
  test.each(listed)('to $operation although $reason', async ({ operation, prepare }) => {
    const { body } = routes[operation as Operation].success as { body: z.ZodMiniType }
    const { send, spoil, code } = await prepare()
    const key = once()
    const first = await send(world.services, key)
    expect(first.replayed).toBe(false)
    const spoilt = await spoil()
    const repeat = await send(spoilt, key)
    expect(repeat.replayed).toBe(true)
    expect(body.parse(repeat.result)).toEqual(body.parse(first.result))
    await expect(send(spoilt, once())).rejects.toMatchObject({ code })
  })

  test('to createProduct although its SKU is taken: by itself', async () => {
    const request = { sku: randomUUID(), name: 'Thing', unit_price: 1 }
    const key = once()
    const first = await createProduct(world.services, { request, once: key })
    expect(await createProduct(world.services, { request, once: key })).toEqual({ ...first, replayed: true })
    await expect(createProduct(world.services, { request, once: once() })).rejects.toMatchObject({ code: 'sku_taken' })
  })
})
