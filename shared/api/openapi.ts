import * as z from 'zod/mini'
import { OrderView } from '#shared/orders/order.ts'
import { Product } from '#shared/products/product.ts'
import { version } from '#shared/runtime/version.ts'
import { Movement } from '#shared/stock/stock.ts'
import { Warehouse } from '#shared/stock/warehouse.ts'
import { Tokens, User } from '#shared/users/user.ts'
import type { Route } from './contract.ts'
import { parametersOf } from './openapi-parameters.ts'
import { responsesOf } from './openapi-responses.ts'
import { methodsOf, type NamedRoute, operations } from './operations.ts'
import { Problem } from './problem.ts'
import { requestExamples } from './request-examples.ts'

type Schema = z.ZodMiniType
type Json = Record<string, unknown>

/** Schemas that people know by name; the others are called after their operation. */
const names = new Map<Schema, string>([
  [OrderView, 'Order'],
  [Product, 'Product'],
  [Warehouse, 'Warehouse'],
  [Movement, 'Movement'],
  [User, 'User'],
  [Tokens, 'Tokens'],
  [Problem, 'Problem'],
])

/** What the routes of each area are about. */
const areas: Record<string, string> = {
  auth: 'Accounts of one’s own and their tokens',
  users: 'Accounts, for administrators',
  products: 'The catalogue',
  warehouses: 'Where stock lies',
  stock: 'Levels, and the ledger of every movement',
  orders: 'Orders, their actions and their audit trail',
  simulations: 'What would happen, without anything happening',
  stats: 'Numbers over all orders',
  ops: 'The service itself',
}

const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** Converts to OpenAPI components, references between them included. */
function components(schemas: Map<Schema, string>, io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of schemas) registry.add(schema, { id })
  const converted = z.toJSONSchema(registry, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  })
  return Object.fromEntries(
    Object.entries(converted.schemas).map(([id, { $schema: _schema, $id: _id, ...rest }]) => [id, rest]),
  )
}

const bodies = new Map(
  operations.flatMap(({ operation, route }) =>
    route.body ? [[route.body, `${upperFirst(operation)}Request`] as const] : [],
  ),
)
const answers = new Map([
  ...operations.flatMap(({ operation, route }) =>
    route.success.body ? [[route.success.body, `${upperFirst(operation)}Answer`] as const] : [],
  ),
  ...names,
])

const reference = (schemas: Map<Schema, string>, schema: Schema): Json => ({
  $ref: `#/components/schemas/${schemas.get(schema)}`,
})

/** The description of the API, OpenAPI 3.1, made from the table of routes. */
export function openapiDocument(basePath: string): Json {
  const paths: Record<string, Json> = {}
  for (const named of operations) {
    const entry = paths[named.route.path] ?? {}
    paths[named.route.path] = entry
    for (const method of methodsOf(named.route)) entry[method.toLowerCase()] = describe(named, method)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      description:
        'Orders and warehouse stock. The same unit is never sold twice, and every request can be sent again.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    tags: [...new Set(operations.map(({ route }) => route.area))].map((name) => ({ name, description: areas[name] })),
    paths,
    components: {
      schemas: { ...components(bodies, 'input'), ...components(answers, 'output') },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  }
}

function describe({ operation, route }: NamedRoute, method: string): Json {
  return {
    operationId: method === route.method ? operation : `${operation}By${upperFirst(method.toLowerCase())}`,
    summary: route.summary,
    description:
      route.access === 'public'
        ? route.bearer
          ? 'Public; some uses take a bearer.'
          : 'Public.'
        : `Least role: ${route.access}.`,
    tags: [route.area],
    security: securityOf(route),
    parameters: parametersOf(route),
    ...(route.body ? { requestBody: requestBody(operation, route, route.body) } : {}),
    responses: responsesOf(route, (schema) => reference(answers, schema)),
  }
}

/** As alternatives: nothing at all, or a bearer. */
function securityOf({ access, bearer }: Route): Json[] {
  if (access !== 'public') return [{ bearer: [] }]
  return bearer === undefined ? [] : [{}, { bearer: [] }]
}

function requestBody(operation: string, route: Route, schema: Schema): Json {
  const examples: readonly unknown[] =
    new Map<string, readonly unknown[]>(Object.entries(requestExamples)).get(operation) ?? []
  const content = {
    schema: reference(bodies, schema),
    examples: Object.fromEntries(examples.map((value, n) => [`${operation}${n + 1}`, { value }])),
  }
  const isEmptyAccepted = schema.safeParse({}).success
  return {
    required: !isEmptyAccepted,
    content: {
      'application/json': content,
      ...(route.form ? { 'application/x-www-form-urlencoded': content } : {}),
    },
  }
}
