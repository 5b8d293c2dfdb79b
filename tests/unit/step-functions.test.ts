import {
  ExecutionAlreadyExists,
  ExecutionLimitExceeded,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { workflows } from '#shared/aws/step-functions.ts'
import { destination, type LogLine } from '#shared/runtime/log.ts'
import type { MachineName } from '#shared/workflows/machine-name.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import '#tests/support/local-credentials.ts'

const arnOf = (machine: MachineName): string => `arn:aws:states:us-east-1:000000000000:stateMachine:${machine}`

const client = mockClient(SFNClient)
// Other files of the same worker use the class, too.
afterAll(() => client.restore())
let lines: LogLine[]

beforeAll(() => {
  vi.stubEnv('STATE_MACHINES', JSON.stringify(Object.fromEntries(namedMachines.map(({ name }) => [name, arnOf(name)]))))
  destination.replace((line) => lines.push(line))
})
beforeEach(() => {
  client.reset()
  lines = []
})

const metadata = { $metadata: {} }

test('a workflow is started by name, and starting it again is not an error', async () => {
  const input = { order_id: 'ord_1', sequence: 3 }
  client.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: 'Exists', ...metadata }))
  expect(await workflows().start('recovery', 'ord_1-3', input)).toBe(true)
  expect(client.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
    { stateMachineArn: arnOf('recovery'), name: 'ord_1-3', input: JSON.stringify(input) },
  ])
})

const day = 24 * 60 * 60 * 1000
const ago = (days: number): Date => new Date(Date.now() - days * day)

/** Redriven executions, in order. */
const redriven = () => client.commandCalls(RedriveExecutionCommand).map(({ args }) => args[0].input.executionArn)

test('at the limit of open executions nothing is started; any other refusal is an error', async () => {
  const input = { order_id: 'ord_1', sequence: 3 }
  client.on(StartExecutionCommand).rejects(new ExecutionLimitExceeded({ message: 'Too many', ...metadata }))
  expect(await workflows().start('recovery', 'ord_1-3', input)).toBe(false)
  client.on(StartExecutionCommand).rejects(new StateMachineDoesNotExist({ message: 'No such machine', ...metadata }))
  await expect(workflows().start('recovery', 'ord_1-3', input)).rejects.toThrow('No such machine')
})

test('failed, timed-out and aborted executions are redriven, even when some refuse', async () => {
  client.on(ListExecutionsCommand).callsFake(({ stateMachineArn, statusFilter }) => ({
    executions: [{ executionArn: `${stateMachineArn} ${statusFilter}`, name: 'ord_1-3', startDate: ago(1) }],
  }))
  const refused = `${arnOf('fulfilment')} FAILED`
  client.on(RedriveExecutionCommand).resolves({ redriveDate: new Date() })
  client.on(RedriveExecutionCommand, { executionArn: refused }).rejects(new Error('Not redrivable'))
  await workflows().redriveFailed()
  expect(redriven()).toEqual(
    namedMachines.flatMap(({ name }) => ['FAILED', 'TIMED_OUT', 'ABORTED'].map((status) => `${arnOf(name)} ${status}`)),
  )
  expect(lines).toMatchObject([{ level: 'ERROR', message: 'redrive failed', request_id: 'ord_1-3' }])
})

/** Pages of failed executions of fulfilment, each as [name, days since its start, days since its end]. */
function failedExecutions(...pages: [string, number, number][][]): void {
  client.on(RedriveExecutionCommand).resolves({ redriveDate: new Date() })
  client.on(ListExecutionsCommand).resolves({ executions: [] })
  for (const [n, page] of pages.entries()) {
    const which = { stateMachineArn: arnOf('fulfilment'), statusFilter: 'FAILED' as const }
    client.on(ListExecutionsCommand, n === 0 ? which : { ...which, nextToken: String(n) }).resolves({
      executions: page.map(([name, start, stop]) => ({
        ...{ executionArn: name, name, stateMachineArn: arnOf('fulfilment'), status: 'FAILED' },
        ...{ startDate: ago(start), stopDate: ago(stop) },
      })),
      ...(n + 1 < pages.length ? { nextToken: String(n + 1) } : {}),
    })
  }
}

test('executions that AWS redrives no more block none of those behind them', async () => {
  failedExecutions(
    Array.from({ length: 1000 }, (_, n): [string, number, number] => [`old ${n}`, 20, 15]),
    [
      ['long', 80, 13],
      ['late', 90, 20],
    ],
    [['longest', 300, 1]],
  )
  await workflows().redriveFailed()
  expect(redriven()).toEqual(['long', 'longest'])
  expect(lines).toEqual([])
})

test('a run of redriving ends when its time is up', async () => {
  failedExecutions(
    [
      ['first', 1, 1],
      ['second', 2, 2],
    ],
    [['third', 3, 3]],
  )
  await workflows().redriveFailed(() => redriven().length === 1)
  expect(redriven()).toEqual(['first'])
})

test('a failure to list executions is an error', async () => {
  client.on(ListExecutionsCommand).rejects(new Error('Down'))
  await expect(workflows().redriveFailed()).rejects.toThrow('Down')
})
