import { decimalsOf } from '#shared/requests/currency.ts'

/** The language of the templates. */
const language = 'en'

/** @param amount in minor units of `currency`, however many digits those have */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency })
  return format.format(amount / 10 ** decimalsOf(currency))
}

const timeFormat = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** @param instant ISO 8601 */
export const time = (instant: string): string => `${timeFormat.format(new Date(instant))} UTC`

export const count = (number: number): string => new Intl.NumberFormat(language).format(number)

const countries = new Intl.DisplayNames([language], { type: 'region', fallback: 'code' })

/** @param code ISO 3166-1, two letters; one that stands for no country stays as it is */
export const country = (code: string): string => countries.of(code) ?? code
