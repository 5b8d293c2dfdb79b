import { randomUUID } from 'node:crypto'
import { createApiKey } from '#shared/api-keys/create-api-key.ts'
import { rotateApiKey } from '#shared/api-keys/rotate-api-key.ts'
import type { Config } from '#shared/runtime/config.ts'
import { destination } from '#shared/runtime/log.ts'
import type { Services } from '#shared/runtime/services.ts'
import { authorizeRequest } from '#shared/users/authorizer.ts'
import { contextOf, onceOf } from '#tests/support/in-process.ts'
import { useWorld } from '#tests/support/world.ts'

export const admin = contextOf('admin', 'usr_admin', Number.POSITIVE_INFINITY)
export const hour = 60
export const day = 24 * hour

/** The key of an answer. @throws Error when it is not shown */
export function shown({ result }: { result: { key: string | null } }): string {
  if (result.key === null) throw new Error('The key is not shown')
  return result.key
}

/** API keys in a world of the test's own. */
export function useKeys() {
  const world = useWorld()
  // Security events are logged; they are not what is tested here.
  destination.replace(() => undefined)
  return {
    world,

    configured: (config: Partial<Config>): Services => ({
      ...world.services,
      config: { ...world.services.config, ...config },
    }),

    create(more: object = {}, services = world.services, key: string = randomUUID()) {
      const request = { name: 'Desk', role: 'integration' as const, ...more }
      return createApiKey(services, admin, { request, once: onceOf(key, request) })
    },

    rotate: (id: string, key: string = randomUUID(), services = world.services) =>
      rotateApiKey(services, admin, { id, once: onceOf(key, {}) }),

    /** What the authorizer adds to a request with this bearer, or `Unauthorized`. */
    authorize: (bearer: string, services = world.services) =>
      authorizeRequest(services, {
        headers: { Authorization: `Bearer ${bearer}` },
        methodArn: 'arn:aws:execute-api:eu-central-1:000000000000:api/prod/GET/orders',
      }).then(
        ({ context }) => context,
        (error: Error) => error.message,
      ),
  }
}
