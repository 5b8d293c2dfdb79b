import type { OrderView } from '#shared/orders/order.ts'

export const numberOf = ({ number }: Pick<OrderView, 'number'>): string => {
  if (number === undefined) throw new Error('The order has no number')
  return number
}

/** A number as people write it. */
export const spellings = (number: string): string[] => [
  number,
  number.toLowerCase(),
  `${number.slice(0, 3)}-${number.slice(3, 6)}-${number.slice(6)}`,
  ` ${number.slice(0, 4)} ${number.slice(4)} `,
  number.replaceAll('1', 'l').replaceAll('0', 'O'),
  number.replaceAll('1', 'I').replaceAll('0', 'o'),
]
