import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { pick } from './seeded.ts'

/** What can fail between a process and the table; a death is that of the process that serves the request. */
export const faults = ['conflict', 'throttle', 'lost reply', 'death before the call', 'death after the call'] as const
export type Fault = (typeof faults)[number]

/** Decides about one call. */
export type FaultPlan = (command: string) => Fault | undefined

export const randomFaults = (random: () => number, rate: number): FaultPlan => {
  return () => (random() < rate ? pick(random, faults) : undefined)
}

/** Injects faults between a client and the table that the local engines never produce themselves. */
export function injectFaults(client: DynamoDBDocumentClient, plan: FaultPlan): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const { input } = args
        const writes = 'TransactItems' in input ? input.TransactItems : undefined
        const batch = 'RequestItems' in input ? input.RequestItems : undefined
        const command = commandName.replace(/Command$/, '')
        switch (plan(command)) {
          case undefined:
            return next(args)
          case 'conflict':
            throw writes ? cancelled(writes, 'TransactionConflict') : conflict(command)
          case 'throttle':
            if (writes) throw cancelled(writes, 'ThrottlingError')
            if (!batch) throw named('ThrottlingException')
            // DynamoDB answers a batch read with the keys it left unread.
            return { response: {}, output: { $metadata: {}, Responses: {}, UnprocessedKeys: batch } }
          case 'lost reply':
            await next(args)
            throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
          case 'death before the call':
            throw new Error('Died before the call')
          case 'death after the call':
            await next(args)
            throw new Error('Died after the call')
        }
      },
    { step: 'initialize', name: 'faults' },
  )
}

/** One item is the reason, and it is not the first. */
function cancelled(items: object[], code: string): TransactionCanceledException {
  const guilty = Math.floor(items.length / 2)
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: items.map((_, n) => ({ Code: n === guilty ? code : 'None' })),
  })
}

/** Outside of transactions writes can conflict; reads can only be throttled. */
const conflict = (command: string): Error =>
  named(/^(Put|Update)/.test(command) ? 'TransactionConflictException' : 'ProvisionedThroughputExceededException')

const named = (name: string): Error => Object.assign(new Error(name), { name })
