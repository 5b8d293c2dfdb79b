import * as z from 'zod/mini'
import { OrderView } from '#shared/orders/order.ts'
import { Product } from '#shared/products/product.ts'
import { type ProblemCode, problems } from '#shared/requests/refusal.ts'
import { version } from '#shared/runtime/version.ts'
import { Movement } from '#shared/stock/stock.ts'
import { Warehouse } from '#shared/stock/warehouse.ts'
import { Tokens, User } from '#shared/users/user.ts'
import { errorsOf, isConditionalRead, isVersioned, type Route } from './contract.ts'
import { parametersOf } from './openapi-parameters.ts'
import { methodsOf, type NamedRoute, operations } from './operations.ts'
import { Problem, problemContentType } from './problem.ts'

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
    description: route.access === 'public' ? 'Public.' : `Least role: ${route.access}.`,
    tags: [route.area],
    security: route.access === 'public' ? [] : [{ bearer: [] }],
    parameters: parametersOf(route),
    ...(route.body ? { requestBody: requestBody(route, route.body) } : {}),
    responses: { ...success(route), ...failures(route) },
  }
}

const wholeSeconds = (what: string): Json => ({ description: `${what}, in seconds`, schema: { type: 'integer' } })

function requestBody(route: Route, schema: Schema): Json {
  const content = { schema: reference(bodies, schema) }
  const isEmptyAccepted = schema.safeParse({}).success
  return {
    required: !isEmptyAccepted,
    content: {
      'application/json': content,
      ...(route.form ? { 'application/x-www-form-urlencoded': content } : {}),
    },
  }
}

function success(route: Route): Json {
  const { status, body, document, location } = route.success
  const header = (description: string) => ({ description, schema: { type: 'string' } })
  const headers = {
    'X-Request-ID': header('Of this request, in logs and in the audit trail'),
    ...(isVersioned(route)
      ? { ETag: header('Of this version as this role sees it, for If-Match and If-None-Match') }
      : {}),
    ...(location ? { Location: header('Where the created thing can be read') } : {}),
    ...(route.idempotency
      ? {
          'Idempotency-Key': header('The key that was made up for a request without one'),
          'Idempotent-Replayed': header('true: this is the first answer again'),
        }
      : {}),
  }
  const content = document
    ? { content: { '*/*': { schema: { type: 'string' } } } }
    : body
      ? { content: { 'application/json': { schema: reference(answers, body) } } }
      : {}
  return {
    [status]: { description: 'Success', headers, ...content },
    ...(isConditionalRead(route) ? { 304: { description: 'What the caller has is current' } } : {}),
  }
}

const rateLimitHeaders: Json = {
  'Retry-After': wholeSeconds('Until it makes sense to try again'),
  'RateLimit-Limit': { description: 'Attempts a minute', schema: { type: 'integer' } },
  'RateLimit-Remaining': { description: 'Attempts that are left', schema: { type: 'integer' } },
  'RateLimit-Reset': wholeSeconds('Until one more is possible'),
}

function failures(route: Route): Json {
  const byStatus = Map.groupBy<number, ProblemCode>(errorsOf(route), (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        ...(codes.includes('rate_limited') ? { headers: rateLimitHeaders } : {}),
        content: { [problemContentType]: { schema: reference(answers, Problem) } },
      },
    ]),
  )
}
