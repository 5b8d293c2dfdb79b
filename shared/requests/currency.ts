import * as z from 'zod/mini'

/**
 * ISO 4217, list one, as of 1 January 2026: every code that has a minor unit, by its number of decimals. Metals, bonds,
 * the SDR and testing codes have none and are left out. Stored amounts are integers in minor units, so the number of a
 * code must never be edited: a redenomination gets a new code, and a new number of decimals needs a migration.
 */
const codesByDecimals: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
      COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
      INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
      MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
      STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

const decimalsByCode = new Map(
  Object.entries(codesByDecimals).flatMap(([decimals, codes]) =>
    codes.split(/\s+/).map((code): [string, number] => [code, Number(decimals)]),
  ),
)

/** A currency that requests may name; what earlier versions stored may be in another. */
export const Currency = z
  .enum([...decimalsByCode.keys()].sort(), { error: 'is not a currency of ISO 4217' })
  .check(z.meta({ title: 'currency code of ISO 4217' }))

/** Decimals that amounts of a currency have: 2 for USD, 0 for JPY, 3 for KWD; 2 for a code that is not in the table. */
export const decimalsOf = (currency: string): number => decimalsByCode.get(currency) ?? 2

/**
 * An amount in minor units, exactly: worked out on the shortest decimal text that means the same number.
 * @param amount in major units, not negative, below 10²¹
 * @returns undefined when it has more decimals than its currency
 */
export function minorUnits(amount: number, currency: string): number | undefined {
  const { whole = '', fraction = '', exponent = 0 } = decimalText.exec(String(amount))?.groups ?? {}
  const zeros = decimalsOf(currency) - fraction.length + Number(exponent)
  return zeros < 0 ? undefined : Number(`${whole}${fraction}${'0'.repeat(zeros)}`)
}

const decimalText = /^(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:e(?<exponent>-\d+))?$/
