import { request } from 'node:http'

/** How long a client waits. Without an answer it cannot know whether its request took effect. */
export const patience = ['waits', 'hangs up while sending', 'hangs up when sent', 'hangs up at the reply'] as const
export type Patience = (typeof patience)[number]

export interface RawAnswer {
  status: number
  replayed: boolean
  /** The body, byte for byte. */
  body: string
}

/** Sends JSON over a connection of its own. @returns undefined when no complete answer arrived */
export function post(
  url: string,
  { headers, body, until }: { headers: Record<string, string>; body: string; until: Patience },
): Promise<RawAnswer | undefined> {
  return new Promise((resolve) => {
    const call = request(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
    })
    call.on('error', () => resolve(undefined))
    call.on('close', () => resolve(undefined))
    call.on('response', (answer) => {
      if (until === 'hangs up at the reply') return void call.destroy()
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', () => resolve(undefined))
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          replayed: answer.headers['idempotent-replayed'] === 'true',
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    const hangUp = () => void call.destroy()
    if (until === 'hangs up while sending') call.write(body.slice(0, body.length / 2), hangUp)
    else call.end(body, until === 'hangs up when sent' ? hangUp : undefined)
  })
}
