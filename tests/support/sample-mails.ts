import type { AccountMailView } from '#shared/mail/account-view.ts'
import { languageFor } from '#shared/mail/language.ts'
import { type MailTemplate, templateFolder, templateFor } from '#shared/mail/mail-templates.ts'
import { type OrderMailView, orderView } from '#shared/mail/order-view.ts'
import { render } from '#shared/mail/render.ts'
import { recordChange, type Step } from '#shared/orders/history.ts'
import type { OrderEvent, OrderKind, StoredOrder } from '#shared/orders/order.ts'
import { readFolder } from '#shared/runtime/run-time-files.ts'
import { accountSamplesIn } from './sample-account-mails.ts'

export const templateFiles = readFolder(templateFolder)

/** An event of an order, the view that the templates get, and the mail. */
export interface SampleMail extends ReturnType<typeof render> {
  name: string
  template: MailTemplate
  view: OrderMailView | AccountMailView
}

const owner = { id: 'usr_owner', role: 'user' as const }

const lines = [
  { sku: 'MUG-BLUE-330', description: 'Stoneware mug, blue, 330 ml', quantity: 2, unit_price: 1250 },
  {
    sku: 'TEAPOT-CAST-IRON-1200',
    description: 'Cast iron teapot with infuser, 1.2 l',
    quantity: 1,
    unit_price: 124_900,
  },
]

const number = 'K7M3PQ2TV'

const bought = {
  number,
  kind: 'stock',
  lines,
  total: 127_400,
  currency: 'USD',
  reference: 'PO-2026-1187',
  note: 'Please ring twice, the bell is weak.',
  ship_to: {
    name: 'Jo Ångström',
    line1: 'Hafenstraße 12',
    line2: 'Rear building, third floor',
    city: 'Hamburg',
    postal_code: '20359',
    country: 'DE',
  },
}

export const createdStep = (fields: object = {}): Step => ({
  type: 'order.created',
  to: 'NEW',
  data: { user_id: owner.id, allocations: [], ...bought, ...fields },
})

const kindOnly = (kind: OrderKind, fields: object = {}): Step => ({
  type: 'order.created',
  to: 'NEW',
  data: { user_id: owner.id, allocations: [], number, kind, lines: [], total: 0, currency: 'USD', ...fields },
})

const missing = [{ sku: 'MUG-BLUE-330', requested: 2, available: 1 }]
const failure = (reason: string, short: object[] = []) => ({ failure: { reason, missing: short } })
const reserved: Step = { type: 'order.reserved', to: 'RESERVED', data: {} }
const until = { reserved_until: '2026-11-20T14:30:00.000Z' }

/** A history for everything that a mail can say. */
const histories: Record<string, Step[]> = {
  reserved: [createdStep(), reserved],
  'reserved for a while': [createdStep(), { ...reserved, data: until }],
  'reserved, simulated': [kindOnly('simulated', { success: true }), reserved],
  'reservation failed': [
    createdStep(),
    {
      type: 'order.reservation_failed',
      to: 'FAILED_RESERVATION',
      data: failure('insufficient_stock', missing),
    },
  ],
  'reservation failed, fragmented': [
    createdStep(),
    { type: 'order.reservation_failed', to: 'FAILED_RESERVATION', data: failure('too_fragmented') },
  ],
  'reservation failed, simulated': [
    kindOnly('simulated', { success: false }),
    { type: 'order.reservation_failed', to: 'FAILED_RESERVATION', data: failure('simulated_failure') },
  ],
  backordered: [
    createdStep(),
    { type: 'order.backordered', to: 'BACKORDERED', data: failure('insufficient_stock', missing) },
  ],
  expired: [
    createdStep(),
    { ...reserved, data: until },
    { type: 'order.expired', to: 'FAILED_RESERVATION', data: failure('reservation_expired') },
  ],
  shipped: [
    createdStep(),
    {
      type: 'order.shipped',
      to: 'SHIPPED',
      data: { shipment: { carrier: 'Nordic Parcel', tracking_number: 'RR123456785SE' } },
    },
  ],
  'shipped, no carrier': [createdStep(), { type: 'order.shipped', to: 'SHIPPED', data: {} }],
  delivered: [createdStep(), { type: 'order.delivered', to: 'DELIVERED', data: {} }],
  'delivered, simple': [
    kindOnly('simple', {
      lines: [{ description: 'Gift card', quantity: 1, unit_price: 2500 }],
      total: 2500,
      currency: 'EUR',
    }),
    { type: 'order.delivered', to: 'DELIVERED', data: {} },
  ],
  cancelled: [createdStep({ reference: null }), { type: 'order.cancelled', to: 'CANCELLED', data: {} }],
  'cancelled with a reason': [createdStep(), { type: 'order.cancelled', to: 'CANCELLED', data: {} }],
}

const reasons: Record<string, string> = {
  'cancelled with a reason': 'The teapot came back from inspection with a crack.',
}

/** The mail of the last event. */
export function mailOf(
  steps: readonly Step[],
  {
    name,
    reason,
    locale,
    isTrusted = true,
  }: { name: string | null; reason?: string | undefined; locale?: string; isTrusted?: boolean },
) {
  const { order, event } = historyOf(steps, reason)
  const template = templateFor(event.type)
  if (template === undefined) throw new Error(`${event.type} sends no mail`)
  const language = languageFor(templateFiles, locale)
  const view = orderView(order, { event, name, language, isTrusted })
  return { template, view, ...render(language, template, view) }
}

function historyOf(steps: readonly Step[], reason: string | undefined): { order: StoredOrder; event: OrderEvent } {
  let last: { order: StoredOrder; event: OrderEvent } | undefined
  for (const step of steps) {
    const change = { action: 'create' as const, actor: owner, requestId: 'r', fingerprint: 'f', reason }
    const now = Date.parse('2026-11-20T12:00:00.000Z')
    const { order, events } = recordChange(
      'ord_7k3f9q2mbx4tzwv61n8hrd5cyje0gs2pa7k3f9q2mbx4tzwv61',
      last?.order,
      { ...change, now },
      [step],
    )
    for (const event of events) last = { order, event }
  }
  if (!last) throw new Error('A history without events')
  return last
}

export const languages = ['en', 'de', 'ro'] as const

const orderSamplesIn = (locale: string) =>
  Object.entries(histories).map(([name, steps]) => ({
    name,
    ...mailOf(steps, { name: name === 'reserved, simulated' ? null : 'Jo Ångström', reason: reasons[name], locale }),
  }))

export const samplesIn = (locale: string): SampleMail[] => [
  ...orderSamplesIn(locale),
  ...accountSamplesIn(locale, templateFiles),
]

export const sampleMails = samplesIn('en')

export function sampleNamed(wanted: string, samples: SampleMail[] = sampleMails): SampleMail {
  const sample = samples.find(({ name }) => name === wanted)
  if (!sample) throw new Error(`There is no sample ${wanted}`)
  return sample
}

/** What a reader sees of an HTML mail, in one line. */
export const plainTextOf = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<\/?(wbr|bdi|b|code)>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, code) => String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
