import type { Order, OrderEvent, OrderLine } from '#shared/orders/order.ts'
import { shortened } from './displayed.ts'
import { count, country, money, time } from './formats.ts'

const maxNameLength = 60
const maxOrderLength = 40
const maxNoteLength = 500

/** Of an order's id: enough to tell one's orders apart. */
const shortIdLength = 8

/**
 * What the templates can show, by the names they use. Texts of people are as they were written: escaping them is the
 * renderer's part.
 * @param order as it was right after the event
 */
export function orderView(order: Order, event: Pick<OrderEvent, 'reason'>, name: string | null) {
  const { currency, lines, ship_to: to, note, failure, shipment, reserved_until: until } = order
  return {
    name: name === null ? undefined : shortened(name, maxNameLength),
    /** As the customer would call it. */
    order: shortened(order.reference ?? order.id.replace(/^ord_/, '').slice(0, shortIdLength), maxOrderLength),
    order_id: order.id,
    reference: order.reference,
    ordered_at: time(order.created_at),
    is_simulated: order.kind === 'simulated',
    has_lines: lines.length > 0,
    lines: lines.map((line) => ({
      description: line.description,
      sku: line.sku,
      quantity: count(line.quantity),
      unit_price: money(line.unit_price, currency),
      line_total: money(line.quantity * line.unit_price, currency),
    })),
    total: money(order.total, currency),
    ship_to: to && {
      address_lines: [to.name, to.line1, to.line2, `${to.postal_code} ${to.city}`, country(to.country)].filter(
        (line) => line !== undefined,
      ),
    },
    note: note === undefined ? undefined : shortened(note, maxNoteLength),
    reserved_until: until && time(until),
    insufficient_stock: failure?.reason === 'insufficient_stock',
    too_fragmented: failure?.reason === 'too_fragmented',
    simulated_failure: failure?.reason === 'simulated_failure',
    has_missing: (failure?.missing.length ?? 0) > 0,
    missing: failure?.missing.map(({ sku, requested, available }) => ({
      missing_description: descriptionOf(sku, lines),
      missing_sku: sku,
      requested: count(requested),
      available: count(available),
    })),
    has_shipment: Object.keys(shipment ?? {}).length > 0,
    carrier: shipment?.carrier,
    tracking_number: shipment?.tracking_number,
    reason: event.reason,
  }
}

export type OrderMailView = ReturnType<typeof orderView>

const descriptionOf = (sku: string, lines: readonly OrderLine[]): string =>
  lines.find((line) => line.sku === sku)?.description ?? sku
