import { createApiKey } from '#shared/api-keys/create-api-key.ts'
import { revokeApiKey } from '#shared/api-keys/revoke-api-key.ts'
import { rotateApiKey } from '#shared/api-keys/rotate-api-key.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { operator, type useWorld } from '#tests/support/world.ts'
import { type Case, newOnce as once, withSettings } from './served-request.ts'

/** What refuses requests that make or rotate API keys, by operation. */
export const apiKeyCases = (
  world: ReturnType<typeof useWorld>,
): Record<string, Record<string, () => Promise<Case>>> => ({
  createApiKey: {
    'there are as many keys as there may be': async () => ({
      send: (services, key) =>
        createApiKey(services, operator, { request: { name: 'Shop', role: 'integration' }, once: key }),
      spoil: () => withSettings(world.services, { API_KEY_LIMIT: 0 }),
      code: 'api_key_limit_reached',
    }),
    'its expiry has passed': async () => {
      const expires_at = isoTime(world.clock.now() + 60_000)
      return {
        send: (services, key) =>
          createApiKey(services, operator, { request: { name: 'Shop', role: 'user', expires_at }, once: key }),
        spoil: () => {
          world.clock.pass(2)
          return world.services
        },
        code: 'validation_failed',
      }
    },
  },
  rotateApiKey: {
    'the key was revoked': async () => {
      const request = { name: 'Shop', role: 'user' as const }
      const { id } = (await createApiKey(world.services, operator, { request, once: once() })).result
      return {
        send: (services, key) => rotateApiKey(services, operator, { id, once: key }),
        spoil: async () => {
          await revokeApiKey(world.services, operator, id)
          return world.services
        },
        code: 'api_key_ended',
      }
    },
  },
})
