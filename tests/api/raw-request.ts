import { type IncomingHttpHeaders, request } from 'node:http'

interface RawCall {
  method?: string
  /** An array is sent as one header line each. */
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
  /** Sent as it is, instead of the path. */
  target?: string
}

/** What `fetch` cannot send or hides: repeated headers, targets of any form, bytes as they come. */
export const rawRequest = (
  url: string,
  { method = 'GET', headers = {}, body, target }: RawCall = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; bytes: Buffer }> =>
  new Promise((answered, failed) => {
    const { hostname, port, pathname, search } = new URL(url)
    const path = target ?? `${pathname}${search}`
    const sent = request({ method, hostname, port, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('error', failed)
        .on('end', () =>
          answered({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }),
        )
    })
    sent.once('error', failed).end(body)
  })
