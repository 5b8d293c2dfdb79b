/** What API Gateway logs of a request. No bodies, headers or addresses, in keeping with the logging rule. */
export const accessLogLine = JSON.stringify({
  request_id: '$context.requestId',
  route: '$context.httpMethod $context.resourcePath',
  status: '$context.status',
  latency_ms: '$context.responseLatency',
  gateway_error: '$context.error.responseType',
})
