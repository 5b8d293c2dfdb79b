import type { Server } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { routes } from '#shared/api/routes.ts'

/** How long a program that has the port may take to say what it is. */
const patienceMilliseconds = 5000

/**
 * @param port 0 takes any free one
 * @returns base URL of the server
 * @throws Error in one sentence that says what has the port
 */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  try {
    await promise
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const url = urlOf(host, port)
    const taken = (await isHoldfast(url))
      ? `${url} is taken by a Holdfast on another data folder`
      : `Port ${port} of ${host} is taken by another program`
    throw new Error(`${taken}; stop it, or set PORT (0 takes any free port).`, { cause: error })
  }
  return urlOf(host, (server.address() as AddressInfo).port)
}

/** Where a client on this machine finds a server; one that listens on all addresses is on loopback as well. */
export function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

async function isHoldfast(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}${routes.getRoot.path}`, { signal: AbortSignal.timeout(patienceMilliseconds) })
    const { name } = (await answer.json()) as { name?: unknown }
    return name === 'Holdfast'
  } catch {
    return false
  }
}
