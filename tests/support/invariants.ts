import { isDeepStrictEqual } from 'node:util'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { createClient } from '#shared/dynamodb/connection.ts'
import { foldEvents } from '#shared/orders/history.ts'
import { Order, OrderEvent } from '#shared/orders/order.ts'
import { effects, LedgerRow, type LevelKey, StoredLevel } from '#shared/stock/stock.ts'
import { unrelayedViolations } from './unrelayed-invariant.ts'
import './local-credentials.ts'

export type StoredItem = Record<string, unknown>

/** Every item of the table, read past all product code but the client. */
export async function scanTable(endpoint: string): Promise<StoredItem[]> {
  const client = createClient(endpoint)
  const items: StoredItem[] = []
  let after: StoredItem | undefined
  do {
    const command: ScanCommand = new ScanCommand({
      TableName: 'holdfast',
      ConsistentRead: true,
      ExclusiveStartKey: after,
    })
    const page = await client.send(command)
    items.push(...(page.Items ?? []))
    after = page.LastEvaluatedKey
  } while (after)
  client.destroy()
  return items
}

/** The invariants that the table of a stack at rest violates; empty when all hold. */
export const violationsAt = async (endpoint: string): Promise<string[]> => violationsOf(await scanTable(endpoint))

export function violationsOf(items: StoredItem[]): string[] {
  const found: string[] = []
  const all = <S extends z.ZodMiniType>(entity: string, schema: S): z.output<S>[] =>
    items.flatMap((item) => {
      if (item['entity'] !== entity) return []
      const parsed = schema.safeParse(item)
      if (!parsed.success) found.push(`${item['pk']} ${item['sk']}: ${z.prettifyError(parsed.error)}`)
      return parsed.success ? [parsed.data] : []
    })
  const orders = all('order', Order)
  const levels = all('level', StoredLevel)
  const rows = all('ledger_row', LedgerRow)
  const events = all('event', OrderEvent)
  return [
    ...found,
    ...stockViolations(levels, rows),
    ...holdingViolations(orders, levels, rows),
    ...historyViolations(orders, events),
    ...numberViolations(orders, items),
    ...unrelayedViolations(items),
  ]
}

const counters = ['on_hand', 'reserved', 'available'] as const
const nameOf = ({ sku, warehouse_id, bucket }: LevelKey) => `${sku} ${warehouse_id} ${bucket}`
const grouped = <T>(values: T[], key: (value: T) => string) => Map.groupBy(values, key)
const sum = <T>(values: readonly T[] | undefined, number: (value: T) => number) =>
  (values ?? []).reduce((total, value) => total + number(value), 0)

/** I1: levels are what their ledgers say. That no counter is below zero (I2), their schema has checked. */
function stockViolations(levels: StoredLevel[], rows: LedgerRow[]): string[] {
  const found: string[] = []
  const ledgers = grouped(rows, nameOf)
  for (const level of levels) {
    const name = nameOf(level)
    const ledger = ledgers.get(name)
    ledgers.delete(name)
    for (const counter of counters) {
      const folded = sum(ledger, (row) => row[counter])
      if (level[counter] !== folded) found.push(`${name}: ${counter} is ${level[counter]}, its ledger says ${folded}`)
    }
    if (level.available !== level.on_hand - level.reserved) found.push(`${name}: available is not on_hand - reserved`)
    if (level.movements !== (ledger?.length ?? 0)) {
      found.push(`${name}: counts ${level.movements} movements, has ${ledger?.length ?? 0}`)
    }
  }
  for (const name of ledgers.keys()) found.push(`${name}: a ledger without a level`)
  for (const row of rows) {
    const quantity =
      row.kind === 'adjust' ? row.on_hand : Math.max(...counters.map((counter) => Math.abs(row[counter])))
    const meant = effects[row.kind](quantity)
    if (counters.some((counter) => row[counter] !== meant[counter])) found.push(`${row.movement_id}: not a ${row.kind}`)
  }
  return found
}

const holding = new Set(['RESERVED', 'PICKING', 'PICKED'])

/** The rest of I2: levels have reserved what orders hold, level by level, and what the ledger gave each order. */
function holdingViolations(orders: Order[], levels: StoredLevel[], rows: LedgerRow[]): string[] {
  const found: string[] = []
  const held = orders.filter(({ status }) => holding.has(status)).flatMap(({ allocations }) => allocations)
  const heldByLevel = grouped(held, nameOf)
  for (const level of levels) {
    const quantity = sum(heldByLevel.get(nameOf(level)), (allocation) => allocation.quantity)
    if (level.reserved !== quantity) found.push(`${nameOf(level)}: ${level.reserved} reserved, orders hold ${quantity}`)
  }
  const ledgers = grouped(rows, (row) => row.order_id ?? '')
  ledgers.delete('')
  for (const order of orders) {
    const given = sum(ledgers.get(order.id), (row) => row.reserved)
    ledgers.delete(order.id)
    const has = holding.has(order.status) ? sum(order.allocations, ({ quantity }) => quantity) : 0
    if (given !== has) found.push(`${order.id}: holds ${has}, the ledger gave it ${given}`)
    const wanted = order.kind === 'stock' ? sum(order.lines, ({ quantity }) => quantity) : 0
    if (holding.has(order.status) && has !== wanted) found.push(`${order.id}: holds ${has} of ${wanted}`)
  }
  for (const id of ledgers.keys()) found.push(`${id}: moved stock, but does not exist`)
  return found
}

/** Copied by hand, not derived: what `domain.md` allows, as "from type to". */
const legal = new Set([
  'null order.created NEW',
  'NEW order.reserved RESERVED',
  'NEW order.reservation_failed FAILED_RESERVATION',
  'NEW order.backordered BACKORDERED',
  'RESERVED order.expired FAILED_RESERVATION',
  'RESERVED order.picking_started PICKING',
  'NEW order.picking_started PICKING',
  'PICKING order.picked PICKED',
  'PICKED order.shipped SHIPPED',
  'SHIPPED order.delivered DELIVERED',
  'PICKING order.delivered DELIVERED',
  ...['FAILED_RESERVATION', 'BACKORDERED'].flatMap((waiting) => [
    `${waiting} order.reserved RESERVED`,
    `${waiting} order.retry_failed ${waiting}`,
    `${waiting} order.recovery_abandoned ${waiting}`,
  ]),
  ...['RESERVED', 'PICKING', 'PICKED', 'SHIPPED'].map((status) => `${status} order.overdue ${status}`),
  ...['NEW', 'RESERVED', 'FAILED_RESERVATION', 'BACKORDERED', 'PICKING', 'PICKED'].map(
    (from) => `${from} order.cancelled CANCELLED`,
  ),
  ...[
    'NEW',
    'RESERVED',
    'FAILED_RESERVATION',
    'BACKORDERED',
    'PICKING',
    'PICKED',
    'SHIPPED',
    'DELIVERED',
    'CANCELLED',
  ].flatMap((status) => [`${status} order.note_changed ${status}`, `${status} order.erased ${status}`]),
])

/** I5, and of I4 that nothing was written beside an order that does not exist. */
function historyViolations(orders: Order[], events: OrderEvent[]): string[] {
  const found: string[] = []
  const histories = grouped(events, ({ order_id }) => order_id)
  for (const order of orders) {
    const history = (histories.get(order.id) ?? []).sort((a, b) => a.sequence - b.sequence)
    histories.delete(order.id)
    for (const [n, { sequence, type, from, to, at }] of history.entries()) {
      const before = history[n - 1]
      if (sequence !== n + 1) found.push(`${order.id}: event ${n + 1} has number ${sequence}`)
      if (from !== (before?.to ?? null))
        found.push(`${order.id}: event ${sequence} does not start where the last ended`)
      if (!legal.has(`${from} ${type} ${to}`)) found.push(`${order.id}: ${from} ${type} ${to} is not legal`)
      if (before && before.at >= at) found.push(`${order.id}: event ${sequence} is not later than the one before`)
    }
    const last = history.at(-1)
    if (last?.to !== order.status) found.push(`${order.id}: is ${order.status}, its last event says ${last?.to}`)
    if (!isDeepStrictEqual(folded(history), order)) found.push(`${order.id}: is not the fold of its events`)
  }
  for (const id of histories.keys()) found.push(`${id}: has events, but does not exist`)
  return found
}

/** Every number is one order's: the claim on it names the order that has it, and no other claim does. */
function numberViolations(orders: Order[], items: StoredItem[]): string[] {
  const claims = items.filter(({ entity }) => entity === 'order_number')
  const owners = new Map(claims.map(({ pk, order_id }) => [String(pk).replace('NUMBER#', ''), String(order_id)]))
  const numbered = new Map(orders.map(({ id, number }) => [id, number]))
  return [
    ...orders
      .filter(({ id, number }) => number !== undefined && owners.get(number) !== id)
      .map(({ id, number }) => `${id}: its number ${number} belongs to ${owners.get(number ?? '')}`),
    ...[...owners]
      .filter(([number, id]) => numbered.get(id) !== number)
      .map(([number, id]) => `${number}: claimed by ${id}, whose number is ${numbered.get(id)}`),
  ]
}

function folded(history: OrderEvent[]): Order | undefined {
  try {
    return foldEvents(history)
  } catch {
    return undefined
  }
}
