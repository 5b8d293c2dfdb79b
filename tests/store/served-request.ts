import { randomUUID } from 'node:crypto'
import type { Once, OnceResult } from '#shared/requests/idempotency.ts'
import type { Config } from '#shared/runtime/config.ts'
import type { Services } from '#shared/runtime/services.ts'
import { onceOf } from '#tests/support/in-process.ts'

/** A request, and what makes a new one like it fail. */
export interface Case {
  send(services: Services, once: Once): Promise<OnceResult<unknown>>
  /** @returns services to send it with afterwards */
  spoil(): Promise<Services> | Services
  code: string
}

export const newOnce = (): Once => onceOf(randomUUID(), {})

export const withSettings = (services: Services, change: Partial<Config>): Services => ({
  ...services,
  config: { ...services.config, ...change },
})
