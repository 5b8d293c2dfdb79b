import type { Route } from '#shared/api/contract.ts'

/** What ids of an area begin with. */
const prefixes: Record<string, string> = { orders: 'ord', users: 'usr', warehouses: 'wh' }

/** Path of an operation with variables that could belong to something, and do not. */
export const plausiblePath = ({ path, area }: Pick<Route, 'path' | 'area'>): string =>
  path
    .replace('{sku}', 'NONE')
    .replace('{asset}', 'start.js')
    .replace('{id}', `${prefixes[area]}_${'0'.repeat(52)}`)
