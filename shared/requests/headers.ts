import type { APIGatewayProxyEvent } from 'aws-lambda'

/** The headers of a gateway's event: a request's, or the one that an authorizer is asked about. */
export type HeaderSource = {
  readonly [K in 'headers' | 'multiValueHeaders']?: APIGatewayProxyEvent[K] | null
}

/** Every value a request has for a header, in any case: API Gateway keeps the case that the client used. */
export function headerValues({ headers, multiValueHeaders }: HeaderSource, name: string): string[] {
  const isNamed = ([key]: [string, unknown]) => key.toLowerCase() === name.toLowerCase()
  const repeated = Object.entries(multiValueHeaders ?? {}).filter(isNamed)
  const values = repeated.length > 0 ? repeated : Object.entries(headers ?? {}).filter(isNamed)
  return values.flatMap(([, value]) => value ?? [])
}

/** A header's value; that of a repeated one is the list of its values, as RFC 9110 reads it. */
export function headerOf(source: HeaderSource, name: string): string | undefined {
  const values = headerValues(source, name)
  return values.length > 0 ? values.join(', ') : undefined
}
