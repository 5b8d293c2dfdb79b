import type * as z from 'zod/mini'
import type { Operation, routes } from './routes.ts'

type Routes = typeof routes
type Schema<O extends Operation> = Routes[O] extends { body: infer S extends z.ZodMiniType } ? S : never
/** Operations whose body has no members need no example. */
type Examples = {
  [O in Operation as z.input<Schema<O>> extends Record<string, never> ? never : O]: readonly [
    z.input<Schema<O>>,
    ...z.input<Schema<O>>[],
  ]
}

const email = 'ada@example.com'
const password = 'a-good-password'
const sku = 'mug-blue'
const lines = [{ sku, quantity: 2 }]
const refresh_token = 'the-refresh-token-of-the-login'

/** Values of parameters, by name. */
export const parameterExamples: Record<string, unknown> = { sku, time_zone: 'Europe/Berlin' }

/** Bodies as the documentation shows them. Together they are one story of a customer, a mug and an order. */
export const requestExamples: Examples = {
  register: [{ email, password, username: 'ada', name: 'Ada Lovelace' }],
  logIn: [
    { email, password },
    { username: 'ada', password },
  ],
  refresh: [{ refresh_token }],
  logOut: [{ refresh_token }],
  changePassword: [{ current_password: password, new_password: 'an-even-better-password' }],
  requestPasswordReset: [{ email }],
  resetPassword: [{ email, code: 'K7QM-2XWP', new_password: 'an-even-better-password' }],
  changeEmail: [{ email: 'ada@lovelace.example', current_password: password }],
  confirmEmail: [{ code: 'K7QM-2XWP' }],
  createUser: [{ email: 'otto@example.com', password, username: 'otto', role: 'operator' }],
  updateUser: [
    { role: 'editor' },
    { name: null, must_change_password: true },
    { email: 'ada@example.org', temporary_password: 'until-you-log-in' },
  ],
  createApiKey: [
    { name: 'Returns desk', role: 'integration', expires_at: '2030-01-01T00:00:00Z' },
    { name: 'Shop', role: 'user' },
  ],
  createProduct: [{ sku, name: 'Mug, blue', unit_price: 1250, currency: 'EUR', stock_buckets: 2, low_stock_at: 10 }],
  updateProduct: [{ unit_price: 1350, backorder: 'allow' }],
  createWarehouse: [{ name: 'Harbour', priority: 20 }],
  updateWarehouse: [{ priority: 5 }],
  receiveStock: [{ sku, quantity: 100, reason: 'Delivery 4711' }],
  adjustStock: [{ sku, quantity: -1, reason: 'Broken' }],
  createOrder: [
    {
      lines,
      reference: 'cart-2041',
      note: 'Ring twice',
      ship_to: {
        name: 'Ada Lovelace',
        company: 'Analytical Engines',
        line1: 'Lake Road 1',
        postal_code: '3000',
        city: 'Bern',
        country: 'CH',
        phone: '+41 31 555 01 00',
      },
    },
    { lines, reserve: false },
    { product_name: 'Gift wrapping', amount: 4.99, currency: 'EUR' },
  ],
  createSimulatedOrder: [{ success: true }, { success: false }],
  updateOrder: [{ note: 'Leave it with the neighbours' }, { note: null }],
  shipOrder: [{ carrier: 'Post', tracking_number: 'RR123456785' }],
  cancelOrder: [{ reason: 'Ordered twice' }],
  simulateReservation: [{ lines }],
}
