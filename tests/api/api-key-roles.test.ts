import { describe, expect, inject, test } from 'vitest'
import { methodsOf, operations } from '#shared/api/operations.ts'
import { Problem } from '#shared/api/problem.ts'
import { KeyRole } from '#shared/requests/caller.ts'
import { plausiblePath } from './plausible-path.ts'
import { useProgram } from './use-people.ts'

const baseUrl = inject('baseUrl')
const programs = {
  user: useProgram('user'),
  editor: useProgram('editor'),
  operator: useProgram('operator'),
  integration: useProgram('integration'),
} satisfies Record<KeyRole, unknown>

/** Written by hand, so that a change of the route table cannot change what is expected of it. */
const ofIntegrations = [
  'GET /orders',
  'GET /orders/{id}',
  'GET /orders/{id}/events',
  'POST /orders/{id}/reserve',
  'POST /orders/{id}/cancel',
  'PATCH /orders/{id}/cancel',
]
const ofAccounts = [
  ...['GET /auth/me', 'POST /auth/password', 'POST /auth/email'],
  ...['POST /auth/email-verification', 'POST /auth/email-verification/confirm', 'POST /users/{id}/end-sessions'],
]
const ofEditors = ['POST /products', 'PATCH /products/{sku}']
const ofOperators = [
  ...['GET /warehouses', 'GET /stock', 'GET /stock/{sku}/movements', 'POST /stock/receipts', 'POST /stock/adjustments'],
  ...['start-pick', 'confirm-pick', 'ship', 'deliver'].map((action) => `POST /orders/{id}/${action}`),
  ...['GET /orders/{id}/workflow', 'GET /stats/orders'],
]
const ofEveryone = [
  ...['GET /products', 'GET /products/{sku}', 'GET /stock/{sku}', 'GET /orders', 'POST /orders', 'POST /orders/create'],
  ...['GET /orders/{id}', 'PATCH /orders/{id}', 'GET /orders/{id}/events', 'PATCH /orders/{id}/cancel'],
  ...['reserve', 'retry-reservation', 'cancel'].map((action) => `POST /orders/{id}/${action}`),
  'POST /simulations/reservation',
]
const allowed: Record<KeyRole, string[]> = {
  user: ofEveryone,
  editor: [...ofEveryone, ...ofEditors],
  operator: [...ofEveryone, ...ofOperators],
  integration: ofIntegrations,
}

const closed = operations
  .filter(({ route }) => route.access !== 'public')
  .flatMap(({ route }) => methodsOf(route).map((method) => ({ route, method, name: `${method} ${route.path}` })))

describe('an API key with the role', () => {
  test.each(KeyRole.options)('%s opens exactly the routes that it is for', async (role) => {
    const opened: string[] = []
    for (const { route, method, name } of closed) {
      const answer = await fetch(`${baseUrl}${plausiblePath(route)}`, {
        method,
        headers: { Authorization: `Bearer ${programs[role].key}` },
      })
      const text = await answer.text()
      if (answer.status !== 403) opened.push(name)
      else expect(Problem.parse(JSON.parse(text)), name).toMatchObject({ code: 'forbidden' })
      expect(answer.status, name).not.toBe(401)
      expect(answer.status, name).toBeLessThan(500)
    }
    expect(opened.toSorted()).toEqual(allowed[role].toSorted())
  })

  test('has every route that is not public, somewhere in these lists or for admins and people alone', () => {
    const listed = new Set([...Object.values(allowed).flat(), ...ofAccounts])
    const others = closed
      .filter(({ name }) => !listed.has(name))
      .map(({ route, name }) => ({ access: route.access, name }))
    expect(others.filter(({ access }) => access !== 'admin')).toEqual([])
  })
})
