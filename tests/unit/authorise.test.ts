import type { APIGatewayProxyEvent } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { authorise } from '#shared/api/authorise.ts'
import { routes } from '#shared/api/routes.ts'

const now = Date.parse('2026-11-20T12:00:00.000Z')
const context = {
  sub: 'usr_1',
  sid: 'session-1',
  epoch: '2',
  role: 'operator',
  exp: String(now / 1000 + 1),
  must_change_password: 'false',
}

/** The parts of an event that are read. */
const eventWith = (authorizer: object | undefined) => ({ requestContext: { authorizer } }) as APIGatewayProxyEvent

describe('authorising', () => {
  test('allows a role that the route requires, or more', () => {
    const caller = { id: 'usr_1', role: 'operator', session: { id: 'session-1', epoch: 2 } }
    expect(authorise(routes.listOrders, eventWith(context), now)).toEqual(caller)
    expect(authorise(routes.startPick, eventWith(context), now)).toEqual(caller)
    expect(() => authorise(routes.createUser, eventWith(context), now)).toThrow('Admin access required')
  })

  test('checks no caller on a public route', () => {
    expect(authorise(routes.logIn, eventWith(undefined), now)).toBeUndefined()
  })

  test.each([
    ['no decision', undefined],
    ['a decision about a token that has expired meanwhile', { ...context, exp: String(now / 1000) }],
    ['no epoch', { ...context, epoch: undefined }],
    ['a role there is not', { ...context, role: 'root' }],
  ])('refuses %s', (_, authorizer) => {
    expect(() => authorise(routes.getMe, eventWith(authorizer), now)).toThrow(
      expect.objectContaining({ code: 'not_authenticated' }),
    )
  })

  test('allows only /auth to a user who must change their password', () => {
    const event = eventWith({ ...context, must_change_password: 'true' })
    for (const route of [routes.listOrders, routes.createOrder, routes.startPick]) {
      expect(() => authorise(route, event, now)).toThrow(expect.objectContaining({ code: 'password_change_required' }))
    }
    expect(authorise(routes.changePassword, event, now)).toMatchObject({ id: 'usr_1' })
    expect(authorise(routes.getMe, event, now)).toMatchObject({ id: 'usr_1' })
  })
})
