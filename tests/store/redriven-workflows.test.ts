import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Execution } from '#infra/local/execution-files.ts'
import { useTable } from '#infra/local/stack.ts'
import { WorkflowRunner } from '#infra/local/workflow-runner.ts'
import { workflows } from '#shared/aws/step-functions.ts'
import { runtime } from '#shared/composition/process.ts'
import type { Services } from '#shared/runtime/services.ts'
import { fulfilmentInput } from '#shared/workflows/fulfilment.ts'
import { executionName } from '#shared/workflows/workflows.ts'
import { startBareTable } from '#tests/support/bare-table.ts'
import { act, eventsOf, newProduct, operator, order } from '#tests/support/world.ts'

let table: Awaited<ReturnType<typeof startBareTable>>
let folder: string
let services: Services
beforeAll(async () => {
  table = await startBareTable()
  useTable(table.dataFolder, table.endpoint)
  folder = join(table.dataFolder, 'workflows')
  services = runtime().servicesUntil(Number.POSITIVE_INFINITY)
})
afterAll(async () => {
  runtime().client.destroy()
  await table.stop()
})

/** The record of an execution that failed at its first state. */
async function failedExecution(orderId: string): Promise<Execution> {
  const reserved = (await eventsOf(services, orderId)).find(({ type }) => type === 'order.reserved')
  if (!reserved) throw new Error(`${orderId} was never reserved`)
  const name = executionName(orderId, reserved.sequence)
  const input = fulfilmentInput(reserved, services.config)
  const execution: Execution = { name, machine: 'fulfilment', input, status: 'FAILED', entered: ['await-picking'] }
  mkdirSync(join(folder, 'ended'), { recursive: true })
  writeFileSync(join(folder, 'ended', `${name}.json`), JSON.stringify(execution))
  return execution
}

test('failed executions resume where their orders are by now, once', async () => {
  const sku = await newProduct(services, 2)
  const [delivered, reserved] = [
    await order(services, { lines: [{ sku, quantity: 1 }] }),
    await order(services, { lines: [{ sku, quantity: 1 }] }),
  ]
  for (const action of ['start-pick', 'confirm-pick', 'ship', 'deliver'] as const)
    await act(services, operator, delivered.id, action)
  const [late, waiting] = [await failedExecution(delivered.id), await failedExecution(reserved.id)]

  const runner = new WorkflowRunner(folder)
  workflows.replace(runner)
  await runner.redriveFailed()
  await runner.redriveFailed()
  await vi.waitFor(() => expect(runner.executions('ended')).not.toEqual([]), { timeout: 30_000 })
  expect(runner.executions('ended')).toEqual([
    { ...late, status: 'SUCCEEDED', entered: ['await-picking', 'await-picked', 'await-shipment'] },
  ])
  await vi.waitFor(async () => expect(await services.store.waits.ofOrder(reserved.id)).toHaveLength(1), {
    timeout: 30_000,
  })
  expect(runner.executions('running')).toMatchObject([{ name: waiting.name, status: 'RUNNING' }])
  await runner.stop()
})
