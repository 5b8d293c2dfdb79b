import type { Answer, Input, Route } from './contract.ts'
import type { Problem } from './problem.ts'
import { type Operation, routes } from './routes.ts'

type Routes = typeof routes
type Present<T> = T extends undefined ? never : T

/** What one call takes: the parts its route has, and any headers. */
type CallInput<R extends Route> = {
  [K in 'body' | 'params' | 'query' as Present<Input<R>[K]> extends never ? never : K]?: Input<R>[K]
} & { headers?: Record<string, string> }

type Reply<R extends Route> = { status: number; headers: Headers } & (
  | { ok: true; body: Answer<R> }
  | { ok: false; body: Problem }
)

export type Client = { [K in Operation]: (input?: CallInput<Routes[K]>) => Promise<Reply<Routes[K]>> }

export interface ClientOptions {
  baseUrl: string
  accessToken?: string
  fetch?: typeof fetch
}

/** A function per operation, typed by the route table. Answers of any status are returned; only the network throws. */
export function createClient(options: ClientOptions): Client {
  const calls = Object.entries(routes).map(([operation, route]) => [
    operation,
    (input: CallInput<Route> = {}) => send(options, route, input),
  ])
  return Object.fromEntries(calls) as Client
}

async function send(
  { baseUrl, accessToken, fetch: send = fetch }: ClientOptions,
  { path, method }: Route,
  input: { body?: unknown; params?: unknown; query?: unknown; headers?: Record<string, string> },
): Promise<Reply<Route>> {
  const params = (input.params ?? {}) as Record<string, string>
  const query = new URLSearchParams(
    Object.entries((input.query ?? {}) as Record<string, unknown>).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
  )
  const resolved = path.replaceAll(/\{(.+?)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const answer = await send(`${baseUrl}${resolved}${query.size > 0 ? `?${query}` : ''}`, {
    method,
    headers: {
      ...(input.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` }),
      ...input.headers,
    },
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
  })
  const text = await answer.text()
  const isJson = text !== '' && /json/.test(answer.headers.get('content-type') ?? '')
  const body: unknown = isJson ? JSON.parse(text) : text
  return { status: answer.status, headers: answer.headers, ok: answer.ok, body } as Reply<Route>
}
