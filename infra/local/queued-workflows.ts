import type { Queues } from '#shared/events/queues.ts'
import type { WaitOutcome } from '#shared/workflows/wait-rules.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'
import type { FileQueues } from './file-queues.ts'
import { Worker } from './worker.ts'

const queue = 'workflows'

type Call = { [M in keyof Workflows]: readonly [M, ...Parameters<Workflows[M]>] }[keyof Workflows]

/** For a process beside the local stack: it queues what the stack, which runs all executions, is to do with them. */
export const queuedWorkflows = (queues: Queues): Workflows => {
  const send = async (call: Call) => {
    await queues.send(queue, JSON.stringify(call))
    return true
  }
  return {
    start: (machine, name, input) => send(['start', machine, name, input]),
    resume: async (token: string, outcome: WaitOutcome) => void (await send(['resume', token, outcome])),
    redriveFailed: async () => void (await send(['redriveFailed'])),
  }
}

/** Does what other processes have queued. */
export const queuedWorkflowsWorker = (queues: FileQueues, workflows: Workflows): Worker =>
  new Worker(async () => {
    const messages = await queues.receive(queue)
    try {
      for (const message of messages) {
        const [method, ...given] = JSON.parse(message.body) as Call
        await (workflows[method] as (...given: unknown[]) => Promise<unknown>)(...given)
        await message.delete()
      }
    } finally {
      // What was not done is delivered again; what was done is deleted.
      for (const message of messages) message.release()
    }
    return messages.length > 0 ? 'busy' : 'idle'
  })
