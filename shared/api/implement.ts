import middy from '@middy/core'
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda'
import { runtime, services } from '#shared/composition/process.ts'
import type { Caller } from '#shared/requests/caller.ts'
import { Fault } from '#shared/requests/fault.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { log } from '#shared/runtime/log.ts'
import { answerWith } from './answer.ts'
import { authorise } from './authorise.ts'
import { errorsOf, type Input, isCallersOwn, isConditionalWrite, type Output, type Route } from './contract.ts'
import { guardOf } from './guard.ts'
import { withOrderId } from './named-orders.ts'
import { httpRequest, parseOnce, parseParams, parseQuery } from './parse.ts'
import { parseBody } from './parse-body.ts'
import { expectedVersions } from './preconditions.ts'
import { problemResult } from './problem.ts'
import { commonHeaders, contentPolicy, corsHeaders, varyOn } from './response-headers.ts'

/** Time kept back for turning an answer into a response. */
const deadlineMarginMilliseconds = 500

/** What the middlewares of one request share. */
interface Exchange {
  startedAt: number
  requestId: string
  caller?: Caller | undefined
  /** What `If-Match` lets the request change. */
  expected?: ReadonlySet<number> | undefined
  generatedKey?: string | undefined
  code?: string
}

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>
type Request = middy.Request<
  APIGatewayProxyEvent,
  unknown,
  Error,
  Context,
  { exchange?: Exchange; event?: APIGatewayProxyEvent }
>
type Middleware = middy.MiddlewareObj<APIGatewayProxyEvent, unknown, Error, Context>

const requestIdPattern = /^[A-Za-z0-9._-]{1,128}$/

/**
 * Makes a Lambda handler of a route and the function that serves it. The function is handed parsed, authorised input
 * and returns its result, or throws a `Refusal` whose code its route declares; anything else is a 500.
 */
export const implement =
  <const R extends Route>(route: R) =>
  (run: (input: Input<R>) => Promise<Output<R>> | Output<R>): Handler => {
    // A function that runs out of time is for the gateway to answer: it alone says `unknown_outcome`.
    const chain = middy({ timeoutEarlyInMillis: 0 })
      .use(exchange(route))
      .use(problemMapping(route))
      .use(parseAndAuthorise(route))
      .use(checkResult(route))
      .handler((input: unknown) => admitted(route, input as Input<R>, run))
    return chain as unknown as Handler
  }

/**
 * A caller whose account no longer allows the request is refused for that, whatever else is wrong with the request. A used-up
 * budget refuses what would write or read a lot; a repeat of a served request does neither.
 */
async function admitted<R extends Route>(
  route: R,
  input: Input<R>,
  run: (input: Input<R>) => Promise<Output<R>> | Output<R>,
): Promise<Output<R>> {
  const { guard } = input.context
  try {
    const output = await run(input)
    if (route.isSafe) await guard?.affordable
    return output
  } finally {
    // No call to the table may outlast its request.
    await Promise.allSettled([guard?.affordable])
    await guard?.admitted
  }
}

function exchangeOf(request: middy.Request): Exchange {
  const { exchange } = request.internal as Request['internal']
  if (!exchange) throw new Fault('The exchange comes first')
  return exchange
}

const eventOf = (request: middy.Request): APIGatewayProxyEvent =>
  (request.internal as Request['internal']).event ?? (request.event as APIGatewayProxyEvent)

/** The method is the caller's: an alias, or any, where no route is. */
const logFields = (request: middy.Request, { path }: Route) => ({
  request_id: exchangeOf(request).requestId,
  route: `${eventOf(request).httpMethod} ${path}`,
})

/** Outermost middleware: gives the request its id, and at its end adds headers and logs one line. */
function exchange(route: Route): Middleware {
  const finish = (request: middy.Request) => {
    const { requestId, startedAt, code } = exchangeOf(request)
    const event = eventOf(request)
    const response = request.response as APIGatewayProxyResult
    const origin = httpRequest(event).header('origin')
    const { CORS_ORIGINS } = runtime().config
    response.headers = {
      'Content-Security-Policy': contentPolicy(),
      ...response.headers,
      ...commonHeaders(requestId, varyOn(CORS_ORIGINS, isCallersOwn(route))),
      ...corsHeaders(CORS_ORIGINS, origin),
    }
    log.info('served', {
      ...logFields(request, route),
      status: response.statusCode,
      duration_ms: runtime().clock.now() - startedAt,
      ...(code ? { code } : {}),
    })
  }
  return {
    before: (request) => {
      const event = request.event
      const sent = httpRequest(event).header('x-request-id')
      const requestId = sent !== undefined && requestIdPattern.test(sent) ? sent : event.requestContext.requestId
      Object.assign(request.internal, { event, exchange: { startedAt: runtime().clock.now(), requestId } })
    },
    after: finish,
    onError: finish,
  }
}

/** Must assign `request.response`: a returned value would end the chain before the outer hooks. */
function problemMapping(route: Route): Middleware {
  const declared = errorsOf(route)
  return {
    onError: (request) => {
      const error = staleIfConditional(request.error, exchangeOf(request))
      const isAnswer = error instanceof Refusal && declared.has(error.code)
      const refusal = isAnswer ? error : new Refusal('internal', 'Something went wrong on our side.')
      const { requestId } = exchangeOf(request)
      if (!isAnswer) log.error('failed', { ...logFields(request, route), error })
      exchangeOf(request).code = refusal.code
      request.response = problemResult(refusal, { instance: eventOf(request).path, requestId })
    },
  }
}

/** A caller that named a version and lost a race gets the answer that its version is stale. */
const staleIfConditional = (error: unknown, { expected }: Exchange): unknown =>
  expected && error instanceof Refusal && error.code === 'concurrent_update'
    ? new Refusal('version_mismatch', error.message)
    : error

/** Refuses a caller without the role before looking at what was sent. */
function parseAndAuthorise(route: Route): Middleware {
  return {
    before: async (request) => {
      const { event } = request
      const shared = exchangeOf(request)
      const { clock } = runtime()
      const caller = authorise(route, event, clock.now())
      shared.caller = caller
      const named = parseParams(route, event)
      const query = parseQuery(route, event)
      const body = parseBody(route, event)
      shared.expected = isConditionalWrite(route) ? expectedVersions(event) : undefined
      const deadline = clock.now() + request.context.getRemainingTimeInMillis() - deadlineMarginMilliseconds
      const params = await withOrderId(route, named, () => services({ deadline }))
      const identity = parseOnce(route, event, { userId: caller?.id ?? '', params, body })
      shared.generatedKey = identity?.generatedKey
      const context = { caller, requestId: shared.requestId, deadline, guard: guardOf(route, shared, deadline) }
      const http = httpRequest(event)
      const authorization = route.bearer && http.header('authorization')
      const input = { body, params, query, once: identity?.once, context, authorization, request: http }
      request.event = input as unknown as APIGatewayProxyEvent
    },
  }
}

/** @see answerWith */
function checkResult(route: Route): Middleware {
  return {
    after: (request) => {
      const { caller, generatedKey } = exchangeOf(request)
      request.response = answerWith(route, request.response, { event: eventOf(request), caller, generatedKey })
    },
  }
}
