import { relayFunction } from '#shared/events/relay-function.ts'
import { subscriptions } from '#shared/events/subscriptions.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { namedJobs } from './jobs.ts'

/** Every function that nobody waits for. */
export const backgroundFunctions: BackgroundFunction[] = [relayFunction, ...Object.values(subscriptions), ...namedJobs]
