import { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'
import { version } from '#shared/runtime/version.ts'

/** Shows that the process answers; `timestamp` is in epoch seconds. */
export const health = ({ config, clock }: Services) => ({
  status: 'healthy' as const,
  timestamp: clock.now() / 1000,
  version,
  environment: config.STAGE,
})

/** Shows that the table answers as well. @throws Refusal `unavailable` */
export async function readiness(services: Services) {
  try {
    await services.store.ping()
  } catch {
    throw new Refusal('unavailable', 'The database cannot be reached.')
  }
  return { ...health(services), status: 'ready' as const }
}
