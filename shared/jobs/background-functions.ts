import { relayFunction } from '#shared/events/relay-function.ts'
import { subscriptions } from '#shared/events/subscriptions.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { namedJobs } from './jobs.ts'

/** Every function that nobody waits for. */
export const backgroundFunctions: BackgroundFunction[] = [
  relayFunction,
  ...Object.values(subscriptions),
  ...namedJobs,
  ...namedMachines.flatMap(({ tasks }) => Object.values(tasks)),
]
