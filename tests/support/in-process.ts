import { join } from 'node:path'
import { createRuntime, type Runtime } from '#shared/composition/process.ts'
import type { Caller, CallerContext, Role } from '#shared/requests/caller.ts'
import { digestOf, fingerprintOf, type Once } from '#shared/requests/idempotency.ts'
import type { Clock } from '#shared/runtime/clock.ts'
import './local-credentials.ts'

/** An engine on a busy machine may pause for longer than DynamoDB ever would. */
export const slowMachine = '8000'

/** Where a table and its secrets are. */
export interface TablePlace {
  endpoint: string
  dataFolder: string
}

/** The product's core in this process, on the table of a stack: for tests that control its clock or watch its calls. */
export const runtimeOn = ({ endpoint, dataFolder }: TablePlace, clock?: Clock, random?: () => number): Runtime =>
  createRuntime(
    {
      DYNAMODB_ENDPOINT: endpoint,
      SECRETS_FILE: join(dataFolder, 'secrets.json'),
      PASSWORD_HASH_COST: '4',
      TABLE_SILENCE_MILLISECONDS: slowMachine,
    },
    clock,
    random,
  )

export function contextOf(role: Role, id: string, deadline: number): CallerContext {
  const caller: Caller = { id, role, session: { id: 'in-process', epoch: 0 } }
  return { caller, requestId: 'in-process', deadline }
}

/** The identity of a request as the HTTP layer would derive it. */
export const onceOf = (key: string, request: unknown): Once => ({
  digest: digestOf('in-process', key),
  fingerprint: fingerprintOf(request),
})
