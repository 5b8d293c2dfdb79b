import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { namedJobs } from './jobs.ts'
import { relayFunction } from './relay-function.ts'
import { subscriptions } from './subscriptions.ts'

export const backgroundFunctions: BackgroundFunction[] = [
  relayFunction,
  ...Object.values(subscriptions),
  ...namedJobs,
  ...namedMachines.flatMap(({ tasks }) => Object.values(tasks)),
]
