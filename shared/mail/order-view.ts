import type { Order, OrderEvent, OrderLine } from '#shared/orders/order.ts'
import { isStaff } from '#shared/requests/caller.ts'
import { addressLines } from './address-lines.ts'
import { Code, shortened } from './displayed.ts'
import { count, money, time } from './formats.ts'
import type { Language } from './language.ts'

export const maxNameLength = 60
const maxOrderLength = 40
const maxNoteLength = 500

/** The event that a mail reports, and its reader. */
interface Reported {
  event: Pick<OrderEvent, 'reason' | 'actor'>
  name: string | null
  language: Language
  /**
   * Whether texts that the order's owner entered are shown. Until they have verified the address, they may be writing to a
   * stranger through the sender of the shop.
   */
  isTrusted: boolean
}

/**
 * What the templates can show, by the names they use. Texts of people are as they were written: escaping them is the
 * renderer's part.
 * @param all as it was right after the event
 */
export function orderView(all: Order, { event, name: given, language, isTrusted }: Reported) {
  const order = isTrusted ? all : withoutTexts(all, language)
  const name = isTrusted ? given : null
  const { currency, lines, ship_to: to, note, failure, shipment, reserved_until: until } = order
  const { words } = language
  const { number = order.id } = order
  return {
    language: language.language,
    words,
    name: name === null ? undefined : shortened(name, maxNameLength),
    /** As the customer would call it. */
    order: new Code(shortened(order.reference ?? number, maxOrderLength), { isInSentence: true }),
    order_number: new Code(number),
    reference: codeOf(order.reference),
    ordered_at: time(order.created_at, language),
    is_simulated: order.kind === 'simulated',
    has_lines: lines.length > 0,
    lines: lines.map((line) => ({
      description: line.description,
      sku: codeOf(line.sku),
      quantity: count(line.quantity, language),
      unit_price: money(line.unit_price, currency, language),
      line_total: money(line.quantity * line.unit_price, currency, language),
    })),
    total: money(order.total, currency, language),
    ship_to: to && { address_lines: addressLines(to, language) },
    note: note === undefined ? undefined : shortened(note, maxNoteLength),
    reserved_until: until && time(until, language),
    insufficient_stock: failure?.reason === 'insufficient_stock',
    too_fragmented: failure?.reason === 'too_fragmented',
    simulated_failure: failure?.reason === 'simulated_failure',
    has_missing: (failure?.missing.length ?? 0) > 0,
    missing: failure?.missing.map(({ sku, requested, available }) => ({
      missing_description: descriptionOf(sku, lines),
      missing_sku: new Code(sku),
      requested: count(requested, language),
      available: count(available, language),
    })),
    has_shipment: Object.keys(shipment ?? {}).length > 0,
    carrier: shipment?.carrier,
    tracking_number: codeOf(shipment?.tracking_number),
    reason: isTrusted || isStaff(event.actor.role) ? event.reason : undefined,
    is_about_order: true,
    footer: language.footers.order,
  }
}

/** Lines of a SKU are described by the catalogue, all others by the person who ordered. */
function withoutTexts(
  { reference: _, note: __, ship_to: ___, ...order }: Order,
  { item: description }: Language,
): Order {
  return { ...order, lines: order.lines.map((line) => (line.sku === undefined ? { ...line, description } : line)) }
}

const codeOf = (text: string | undefined): Code | undefined => (text === undefined ? undefined : new Code(text))

export type OrderMailView = ReturnType<typeof orderView>

const descriptionOf = (sku: string, lines: readonly OrderLine[]): string =>
  lines.find((line) => line.sku === sku)?.description ?? sku
