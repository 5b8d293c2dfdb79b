import { afterAll, beforeAll } from 'vitest'
import { type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'

/** An answer as curl shows it. */
interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body, when it is JSON. */
  json: Record<string, unknown>
}

interface Sent {
  token?: string
  json?: object
  form?: Record<string, string>
  headers?: Record<string, string>
}

/** A stack for the tests of one file, with the settings of their README. */
export function useStack(environment: Record<string, string> = {}) {
  let stack: LocalStack
  beforeAll(async () => {
    stack = await startLocalStack({ environment })
  })
  afterAll(() => stack.stop())

  const call = async (method: string, path: string, { token, json, form, headers }: Sent = {}): Promise<Answer> => {
    const body = json ? JSON.stringify(json) : form ? new URLSearchParams(form).toString() : undefined
    const type = json ? 'application/json' : 'application/x-www-form-urlencoded'
    const response = await fetch(stack.baseUrl + path, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': type }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} }
  }
  return {
    call,
    /** @returns the access token */
    async logIn(credentials: object): Promise<string> {
      const { json } = await call('POST', '/auth/login', { json: credentials })
      return String(json['access_token'])
    },
    get dataFolder() {
      return stack.dataFolder
    },
  }
}

/** The claims of a token, unverified. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
