import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { actionsOf } from '#tests/support/aws-actions.ts'
import type { Call } from '#tests/support/used-grants.ts'

export interface Recorder {
  /** URL that functions must use for AWS. */
  endpoint: string
  stop(): Promise<void>
}

/** A proxy between the deployed functions and the AWS at `target`: forwards every call unchanged, and reports it. */
export async function startRecorder(target: string, report: (call: Call) => void): Promise<Recorder> {
  const agent = new Agent({ keepAlive: true })
  const { hostname, port } = new URL(target)

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const { method = 'GET', url: path = '/', headers } = incoming
    const answer = await new Promise<IncomingMessage>((answered, failed) =>
      request({ agent, hostname, port, method, path, headers }, answered).once('error', failed).end(body),
    )
    const answerBody = await buffer(answer)
    const wasRefused = answer.statusCode !== 200 && answerBody.includes('AccessDenied')
    report({ caller: callerOf(headers), actions: actionsOf(incoming, body.toString()), wasRefused })
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answerBody)
  }

  const server = createServer((incoming, outgoing) => {
    // The function sees a broken connection, as it would when AWS goes away.
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Powertools adds a suffix to the SDK's user agent. */
const callerOf = ({ 'user-agent': agent = '' }: IncomingMessage['headers']): string =>
  /\bapp\/(\S+?)(?:-PT-\S*)?(?:\s|$)/.exec(agent)?.[1] ?? `a function that does not say its name (${agent})`
