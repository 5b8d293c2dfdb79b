import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The input of an operation: JSON, form fields, or the path of the request. */
type Input = Record<string, unknown>
export type Answer = object | Refusal | ((input: Input) => object | Refusal)

/** An error of AWS, by its code. */
export class Refusal {
  readonly code: string
  readonly status: number
  constructor(code: string, status = 400) {
    this.code = code
    this.status = status
  }
}
export const denied = new Refusal('AccessDeniedException', 403)

export interface AnsweringAccount {
  endpoint: string
  /** Operations that were called. */
  readonly calls: string[]
  stop(): Promise<void>
}

/** REST operations by path; all others name themselves in a header or in a form. */
const paths: [RegExp, string][] = [
  [/^\/2016-08-19\/account-settings/, 'lambda.GetAccountSettings'],
  [/^\/v2\/email\/account/, 'ses.GetAccount'],
  [/^\/v2\/email\/identities\//, 'ses.GetEmailIdentity'],
  [/^\/v2\/email\/configuration-sets\//, 'ses.GetConfigurationSet'],
  [/^\/account/, 'apigateway.GetAccount'],
]

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

/** Name and input of the operation, and whether it is answered in XML. */
function operationOf({ url = '', headers }: IncomingMessage, text: string): [string, Input, boolean] {
  const rest = paths.find(([path]) => path.test(url))
  if (rest) return [rest[1], { path: decodeURIComponent(url) }, false]
  const target = String(headers['x-amz-target'] ?? '')
  if (target !== '') return [target.slice(target.indexOf('.') + 1), JSON.parse(text), false]
  const form = Object.fromEntries(new URLSearchParams(text))
  return [form['Action'] ?? 'unknown', form, true]
}

/** Objects as elements, lists as the members of one. */
const xmlOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map((one) => `<member>${xmlOf(one)}</member>`).join('')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, one]) => `<${name}>${xmlOf(one)}</${name}>`)
    .join('')
}

/** An HTTP server that answers like AWS, with what the test says. Operations that it does not know are denied. */
export async function startAnsweringAccount(answers: Record<string, Answer>): Promise<AnsweringAccount> {
  const calls: string[] = []
  const server = createServer(async (request, response) => {
    const [operation, input, isXml] = operationOf(request, await textOf(request))
    calls.push(operation)
    const given = answers[operation] ?? denied
    const answer = typeof given === 'function' ? given(input) : given
    const isRefusal = answer instanceof Refusal
    response.statusCode = isRefusal ? answer.status : 200
    response.setHeader('Content-Type', isXml ? 'text/xml' : 'application/x-amz-json-1.1')
    if (isRefusal) response.setHeader('x-amzn-errortype', answer.code)
    if (!isXml) return response.end(JSON.stringify(isRefusal ? { __type: answer.code, message: '' } : answer))
    const body = isRefusal
      ? `<ErrorResponse><Error><Code>${answer.code}</Code><Message/></Error></ErrorResponse>`
      : `<${operation}Response><${operation}Result>${xmlOf(answer)}</${operation}Result></${operation}Response>`
    return response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
