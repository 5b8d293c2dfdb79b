import * as z from 'zod/mini'
import { ApiKey, IssuedApiKey } from '#shared/api-keys/api-key.ts'
import { OrderView } from '#shared/orders/order.ts'
import { Product } from '#shared/products/product.ts'
import { version } from '#shared/runtime/version.ts'
import { Movement } from '#shared/stock/stock.ts'
import { Warehouse } from '#shared/stock/warehouse.ts'
import { Tokens, User } from '#shared/users/user.ts'
import { bodyTypesOf, type Route } from './contract.ts'
import { parametersOf } from './openapi-parameters.ts'
import { responsesOf } from './openapi-responses.ts'
import { methodsOf, type NamedRoute, operations } from './operations.ts'
import { Problem } from './problem.ts'
import { requestExamples } from './request-examples.ts'
import { keyRolesFor } from './roles.ts'

type Schema = z.ZodMiniType
type Json = Record<string, unknown>

/** Schemas with names of their own; the others are named after their operation. */
const names = new Map<Schema, string>([
  [OrderView, 'Order'],
  [Product, 'Product'],
  [Warehouse, 'Warehouse'],
  [Movement, 'Movement'],
  [User, 'User'],
  [Tokens, 'Tokens'],
  [ApiKey, 'ApiKey'],
  [IssuedApiKey, 'IssuedApiKey'],
  [Problem, 'Problem'],
])

/** What the operations of each area are about. */
const areas: Record<string, string> = {
  auth: 'Your account, your password and your tokens',
  users: 'Accounts of other people, for admins',
  'api-keys': 'Keys with which programs call the API, for admins',
  products: 'The product catalogue',
  warehouses: 'The places that hold stock',
  stock: 'Stock levels, and the ledger of every movement',
  orders: 'Orders, their actions and their audit trail',
  simulations: 'What a request would do, without doing it',
  stats: 'Figures about all orders',
  ops: 'Health, metrics and documentation of the service',
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

/** What holds for every operation. Markdown. */
const introduction = [
  'Orders and warehouse stock. The same unit is never sold twice, and every request can be sent again.',
  'HEAD answers wherever GET does, with the same status and headers.',
  'Bodies are JSON in UTF-8 without a Content-Encoding. A name may stand once in an object, and a number has no more digits than a double keeps.',
  'A field or query parameter that an operation does not have is refused. Whole numbers in queries are decimal digits.',
  'Times are in UTC with milliseconds in answers; requests may use any offset and precision of RFC 3339.',
].join('\n\n')

/** The OpenAPI 3.1 document of the API, generated from the route table. */
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
      description: introduction,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    tags: [...new Set(operations.map(({ route }) => route.area))].map((name) => ({ name, description: areas[name] })),
    paths,
    components: {
      schemas: { ...components(bodies, 'input'), ...components(answers, 'output') },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The `access_token` of a login or refresh.',
        },
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'hf_<stage>_…',
          description:
            'An API key, for programs. Admins make keys with `POST /api-keys`, with one of the roles that an operation names. Keep it out of browsers and apps.',
        },
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
          ? 'Public; some uses need a bearer token.'
          : 'Public.'
        : [`Least role: ${route.access}.`, ...keysOf(route)].join(' '),
    tags: [route.area],
    security: securityOf(route),
    parameters: parametersOf(route),
    ...(route.body ? { requestBody: requestBody({ operation, route }, method, route.body) } : {}),
    responses: responsesOf(route, (schema) => reference(answers, schema)),
  }
}

/** Which API keys may call it. */
function keysOf(route: Route): string[] {
  const roles = keyRolesFor(route)
  return roles.length === 0 ? [] : [`API keys with the role ${roles.join(', ')} may call it.`]
}

/** Alternatives: no credentials, a bearer token, or an API key. */
function securityOf(route: Route): Json[] {
  if (route.access === 'public') return route.bearer === undefined ? [] : [{}, { bearer: [] }]
  return [{ bearer: [] }, ...(keyRolesFor(route).length === 0 ? [] : [{ apiKey: [] }])]
}

function requestBody({ operation, route }: NamedRoute, method: string, schema: Schema): Json {
  const examples: readonly unknown[] = new Map<string, readonly unknown[]>(Object.entries(requestExamples)).get(
    operation,
  ) ?? [{}]
  const content = {
    schema: reference(bodies, schema),
    examples: Object.fromEntries(examples.map((value, n) => [`${operation}${n + 1}`, { value }])),
  }
  const isEmptyAccepted = schema.safeParse({}).success
  return {
    required: !isEmptyAccepted,
    content: Object.fromEntries(bodyTypesOf(route, method).map((type) => [type, content])),
  }
}
