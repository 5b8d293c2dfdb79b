import type { APIGatewayProxyEvent } from 'aws-lambda'
import { headerOf } from '#shared/requests/headers.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { checked, fieldsOf } from './checked.ts'
import { acceptedEncoding, bodyTypesOf, codedBodyRefused, formType, type Route } from './contract.ts'
import { parseJson } from './json-text.ts'
import { bodyPointer } from './problem.ts'

export const maxBodyBytes = 64 * 1024

/** Names of UTF-8 and of its subset; clients write the middle one although it is not registered. */
const charsets: readonly string[] = ['utf-8', 'utf8', 'us-ascii']

/**
 * The body as the route's schema reads it.
 * @throws Refusal `payload_too_large`, `unsupported_media_type`, `malformed_request`, `validation_failed`
 */
export function parseBody(route: Route, event: APIGatewayProxyEvent): unknown {
  if (!route.body) return undefined
  assertUncoded(event)
  const sent = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '')
  if (Buffer.byteLength(sent) > maxBodyBytes) {
    throw new Refusal('payload_too_large', `A body has at most ${maxBodyBytes} bytes.`)
  }
  // A byte order mark says nothing about UTF-8, but some clients send one.
  const text = sent.replace(/^\uFEFF/, '')
  const isEmpty = text.trim() === ''
  const { type, charset } = contentTypeOf(event)
  const isKnown = isEmpty || type === '' || bodyTypesOf(route, event.httpMethod).includes(type)
  if (!isKnown || !charsets.includes(charset)) throw unsupportedMediaType()
  if (type === formType) {
    const sentFields = [...new URLSearchParams(text)].filter(([name]) => !route.form?.ignored.includes(name))
    return checked(route.body, fieldsOf(sentFields, bodyPointer), bodyPointer)
  }
  return checked(route.body, isEmpty ? {} : parseJson(text), bodyPointer)
}

function contentTypeOf(event: APIGatewayProxyEvent): { type: string; charset: string } {
  const [type = '', ...parameters] = (headerOf(event, 'content-type') ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters.find((part) => part.startsWith('charset='))?.slice('charset='.length)
  return { type, charset: charset?.replaceAll('"', '') ?? 'utf-8' }
}

const unsupportedMediaType = () => new Refusal('unsupported_media_type', 'Send application/json in UTF-8.')

/** @throws Refusal `unsupported_media_type` when the body is compressed, or is said to be */
function assertUncoded(event: APIGatewayProxyEvent): void {
  const codings = (headerOf(event, 'content-encoding') ?? '').toLowerCase().split(',')
  if (codings.every((coding) => ['', acceptedEncoding].includes(coding.trim()))) return
  throw new Refusal('unsupported_media_type', codedBodyRefused, {
    acceptEncoding: acceptedEncoding,
  })
}
