import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'

/**
 * The logging rule: a message is one of these constants, everything else goes into fields. Never a token, a password,
 * an e-mail, an address, a body or a whole event.
 */
export const messages = {
  served: 'request served',
  failed: 'request failed',
  putAside: 'relay put aside',
  deliveryFailed: 'delivery failed',
  orderFailed: 'order failed',
  skuFailed: 'sku failed',
  redriveFailed: 'redrive failed',
} as const

export const logger = new Logger({ serviceName: 'holdfast' })
export const metrics = new Metrics({ namespace: 'Holdfast', serviceName: 'holdfast' })
