import { onlyNew, onlyVersion } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { StockAlerts, StockEvent } from '#shared/stock/stock-event.ts'
import { codec } from './codec.ts'
import { keys, listings } from './keys.ts'

export const stockEventCodec = codec('stock_event', StockEvent)
const alertsCodec = codec('stock_alerts', StockAlerts)

export const stockAlertStore = (connection: Connection) => ({
  /** A SKU about which nothing was ever reported has version 0. */
  async get(sku: string): Promise<StockAlerts> {
    const item = await getItem(connection, keys.stockAlerts(sku))
    return item === undefined ? { sku, sequence: 0, version: 0, low: false, drift: {} } : alertsCodec.decode(item)
  },

  replace: (before: StockAlerts, after: StockAlerts): Write<'overtaken'> => ({
    operation: {
      Put: {
        Item: alertsCodec.encode(keys.stockAlerts(after.sku), after, listings.stockAlerts(after.sku)),
        ...(before.version === 0 ? onlyNew : onlyVersion(before.version)),
      },
    },
    failure: () => 'overtaken',
  }),

  append: (event: StockEvent): Write<never> => ({
    operation: { Put: { Item: stockEventCodec.encode(keys.event(event, event.sequence), event) } },
  }),
})
