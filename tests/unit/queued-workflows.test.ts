import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FileQueues } from '#infra/local/file-queues.ts'
import { queuedWorkflows, queuedWorkflowsWorker } from '#infra/local/queued-workflows.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'

test('the stack runs workflow calls of other processes in order, and retries failures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const done: unknown[][] = []
  let failures = 1
  const workflows: Workflows = {
    async start(...given) {
      if (failures-- > 0) throw new Error('Not now')
      done.push(['start', ...given])
      return true
    },
    resume: async (...given) => void done.push(['resume', ...given]),
    redriveFailed: async () => void done.push(['redriveFailed']),
  }
  const queued = queuedWorkflows(new FileQueues(folder))
  await queued.start('recovery', 'ord_1-2', { order_id: 'ord_1', sequence: 2 })
  await queued.resume('token', 'cancelled')
  await queued.redriveFailed()

  const worker = queuedWorkflowsWorker(new FileQueues(folder), workflows)
  onTestFinished(() => worker.stop())
  await vi.waitFor(() => expect(done).toHaveLength(3), { timeout: 10_000 })
  expect(done).toEqual([
    ['start', 'recovery', 'ord_1-2', { order_id: 'ord_1', sequence: 2 }],
    ['resume', 'token', 'cancelled'],
    ['redriveFailed'],
  ])
})
