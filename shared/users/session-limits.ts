import { allowed, rateLimitedUntil, reportRefusal, windowAt } from '#shared/limits/limits.ts'
import type { Refusal } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'

/** Sessions that a user keeps; undefined where limits are off. */
export const mostSessions = ({ config }: Services): number | undefined =>
  config.RATE_LIMIT_REQUESTS === 'off' ? undefined : config.SESSIONS_PER_USER

/** How often a session may be refreshed in this window of the clock; undefined where limits are off. */
export function refreshLimit({ config }: Services, now: number): { window: number; most: number } | undefined {
  const most = allowed(config, 'refreshes')
  return most === undefined ? undefined : { window: windowAt('refreshes', now).window, most }
}

export async function refreshLimited(services: Services, session: string, now: number): Promise<Refusal> {
  await reportRefusal(services, { limit: 'refreshes', of: { session } })
  return rateLimitedUntil(windowAt('refreshes', now).endsAt, allowed(services.config, 'refreshes') ?? 0, now)
}
