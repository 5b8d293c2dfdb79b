import * as z from 'zod/mini'
import { isConditionalRead, isConditionalWrite, type Route } from './contract.ts'
import { idempotencyKeyPattern } from './parse.ts'
import { ifMatchPattern } from './preconditions.ts'
import { parameterExamples } from './request-examples.ts'

type Json = Record<string, unknown>

/** What an operation takes beside its body, as OpenAPI describes it. */
export function parametersOf(route: Route): Json[] {
  const { params, query, idempotency } = route
  const of = (place: 'path' | 'query', schema: Route['params']): Json[] => {
    if (!schema) return []
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: property,
      ...(name in parameterExamples ? { example: parameterExamples[name] } : {}),
    }))
  }
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: idempotency === 'required',
    description: 'Send the same key again with the same body: the first answer comes back and nothing happens twice.',
    schema: { type: 'string', pattern: idempotencyKeyPattern.source },
  }
  const precondition = (name: string, description: string, pattern?: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', ...(pattern === undefined ? {} : { pattern }) },
  })
  return [
    ...of('path', params),
    ...of('query', query),
    ...(idempotency ? [key] : []),
    ...(isConditionalRead(route)
      ? [precondition('If-None-Match', 'Entity tags: 304 when one of them is current.')]
      : []),
    ...(isConditionalWrite(route)
      ? [precondition('If-Match', 'Entity tags: 412 unless one is of the current version.', ifMatchPattern.source)]
      : []),
  ]
}
