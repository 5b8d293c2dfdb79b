import { decimalsOf } from '#shared/requests/currency.ts'
import type { Language } from './language.ts'

/**
 * Numbers, times and countries without the engine's data: that differs between versions of Node.js, and the same mail
 * has to have the same bytes wherever it is rendered.
 */

const grouped = (digits: string, { numbers }: Pick<Language, 'numbers'>): string =>
  digits.replace(/\B(?=(?:\d{3})+$)/g, numbers.group)

const filledIn = (pattern: string, values: Record<string, string>): string =>
  pattern.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')

/** @param amount in minor units of `currency`, not negative, however many digits those have */
export function money(amount: number, currency: string, language: Pick<Language, 'numbers' | 'money'>): string {
  const decimals = decimalsOf(currency)
  const digits = String(amount).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  const fraction = decimals === 0 ? '' : `${language.numbers.decimal}${digits.slice(point)}`
  return filledIn(language.money, { amount: `${grouped(digits.slice(0, point), language)}${fraction}`, currency })
}

/** @param instant ISO 8601, UTC */
export function time(instant: string, { time: pattern, months }: Pick<Language, 'time' | 'months'>): string {
  const [year = '', month = '', day = '', hour = '', minute = ''] = instant.split(/\D/)
  return filledIn(pattern, { year, month: months[Number(month) - 1] ?? month, day: String(Number(day)), hour, minute })
}

export const count = (number: number, language: Pick<Language, 'numbers'>): string => grouped(String(number), language)
