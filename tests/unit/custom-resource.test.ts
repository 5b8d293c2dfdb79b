import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answerCustomResource } from '#shared/deployment/custom-resource.ts'
import type { Clock } from '#shared/runtime/clock.ts'

let server: Server
let statuses: number[]
let answers: { Status: string; Reason?: string; PhysicalResourceId: string }[]
let url: string

beforeEach(async () => {
  statuses = []
  answers = []
  server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    answers.push(JSON.parse(Buffer.concat(parts).toString()))
    response.writeHead(statuses.shift() ?? 200).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})

afterEach(() => {
  server.close()
})

/** Time passes only in pauses. */
function pausingClock(): Clock {
  let now = 0
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds
    },
  }
}

const eventOf = (RequestType: 'Create' | 'Delete') =>
  ({
    RequestType,
    ResponseURL: url,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Bootstrap',
    ResourceProperties: { secretsPrefix: 'holdfast/dev' },
  }) as unknown as CloudFormationCustomResourceEvent

const refusal = () => Object.assign(new Error('not yet'), { name: 'AccessDeniedException' })

describe('a deployment', () => {
  test('goes on once a role that was just created is accepted', async () => {
    let calls = 0
    const apply = async () => {
      calls += 1
      if (calls < 4) throw refusal()
    }
    await answerCustomResource(eventOf('Create'), apply, pausingClock())
    expect(calls).toBe(4)
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'Bootstrap' }])
  })

  test('fails when the role stays refused', async () => {
    let calls = 0
    const apply = async () => {
      calls += 1
      throw refusal()
    }
    await answerCustomResource(eventOf('Create'), apply, pausingClock())
    expect(calls).toBeGreaterThan(5)
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('AccessDeniedException') }])
  })

  test('fails at once for any other reason', async () => {
    let calls = 0
    const apply = async () => {
      calls += 1
      throw new RangeError('the reason')
    }
    await answerCustomResource(eventOf('Create'), apply, pausingClock())
    expect(calls).toBe(1)
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.not.stringContaining('the reason') }])
  })

  test('sends its answer again when CloudFormation does not take it', async () => {
    statuses = [500, 503]
    await answerCustomResource(eventOf('Create'), async () => undefined, pausingClock())
    expect(answers).toHaveLength(3)
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  test('changes nothing when it is deleted', async () => {
    let calls = 0
    const apply = async () => {
      calls += 1
    }
    await answerCustomResource(eventOf('Delete'), apply, pausingClock())
    expect(calls).toBe(0)
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }])
  })
})
