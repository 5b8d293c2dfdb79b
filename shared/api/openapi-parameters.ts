import * as z from 'zod/mini'
import { isConditionalRead, isConditionalWrite, type Route } from './contract.ts'
import { parameterDescriptions } from './parameter-descriptions.ts'
import { idempotencyKeyPattern } from './parse.ts'
import { ifMatchPattern } from './preconditions.ts'
import { parameterExamples } from './request-examples.ts'

type Json = Record<string, unknown>

/** An operation's parameters, as OpenAPI describes them. */
export function parametersOf(route: Route): Json[] {
  const { params, query, idempotency } = route
  const of = (place: 'path' | 'query', schema: Route['params']): Json[] => {
    if (!schema) return []
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(place === 'query' && name in parameterDescriptions ? { description: parameterDescriptions[name] } : {}),
      schema: property,
      ...(name in parameterExamples ? { example: parameterExamples[name] } : {}),
    }))
  }
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: idempotency === 'required',
    description:
      'One key per request that you mean to happen once. The same key with the same body gets the first answer again, and nothing happens twice.',
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
      ? [precondition('If-None-Match', 'Entity tags, or *: the answer is 304 when one of them is current.')]
      : []),
    ...(isConditionalWrite(route)
      ? [
          precondition(
            'If-Match',
            'Entity tags, or *: the answer is 412 unless one of them is of the current version.',
            ifMatchPattern.source,
          ),
        ]
      : []),
  ]
}
