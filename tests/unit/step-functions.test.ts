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
import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { workflows } from '#shared/aws/step-functions.ts'
import { destination, type LogLine } from '#shared/runtime/log.ts'
import type { MachineName } from '#shared/workflows/machine-name.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { maxRedriven } from '#shared/workflows/workflows.ts'
import '#tests/support/local-credentials.ts'

const arnOf = (machine: MachineName): string => `arn:aws:states:us-east-1:000000000000:stateMachine:${machine}`

const client = mockClient(SFNClient)
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

test('at the limit of open executions nothing is started; any other refusal is an error', async () => {
  const input = { order_id: 'ord_1', sequence: 3 }
  client.on(StartExecutionCommand).rejects(new ExecutionLimitExceeded({ message: 'Too many', ...metadata }))
  expect(await workflows().start('recovery', 'ord_1-3', input)).toBe(false)
  client.on(StartExecutionCommand).rejects(new StateMachineDoesNotExist({ message: 'No such machine', ...metadata }))
  await expect(workflows().start('recovery', 'ord_1-3', input)).rejects.toThrow('No such machine')
})

test('failed, timed-out and aborted executions are redriven, even when some refuse', async () => {
  client.on(ListExecutionsCommand).callsFake(({ stateMachineArn, statusFilter }) => ({
    executions: [{ executionArn: `${stateMachineArn} ${statusFilter}`, name: 'ord_1-3' }],
  }))
  const tooOld = `${arnOf('fulfilment')} FAILED`
  client.on(RedriveExecutionCommand).resolves({ redriveDate: new Date() })
  client.on(RedriveExecutionCommand, { executionArn: tooOld }).rejects(new Error('Too old'))
  await workflows().redriveFailed()
  expect(client.commandCalls(ListExecutionsCommand).map(({ args }) => args[0].input.maxResults)).toEqual(
    Array.from({ length: namedMachines.length * 3 }, () => maxRedriven),
  )
  expect(client.commandCalls(RedriveExecutionCommand).map(({ args }) => args[0].input.executionArn)).toEqual(
    namedMachines.flatMap(({ name }) => ['FAILED', 'TIMED_OUT', 'ABORTED'].map((status) => `${arnOf(name)} ${status}`)),
  )
  expect(lines).toMatchObject([{ level: 'ERROR', message: 'redrive failed', request_id: 'ord_1-3' }])
})

test('a failure to list executions is an error', async () => {
  client.on(ListExecutionsCommand).rejects(new Error('Down'))
  await expect(workflows().redriveFailed()).rejects.toThrow('Down')
})
