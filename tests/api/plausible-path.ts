import type { Route } from '#shared/api/contract.ts'

/** Prefix of the ids of an area. */
const prefixes: Record<string, string> = { orders: 'ord', users: 'usr', warehouses: 'wh', 'api-keys': 'key' }

/** Path of an operation with well-formed variables that match nothing. */
export const plausiblePath = ({ path, area }: Pick<Route, 'path' | 'area'>): string =>
  path
    .replace('{sku}', 'NONE')
    .replace('{asset}', 'start.js')
    .replace('{id}', `${prefixes[area]}_${'0'.repeat(52)}`)
