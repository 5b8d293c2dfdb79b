import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldErrors } from '#shared/api/problem.ts'
import { Address } from '#shared/orders/address.ts'
import { Country, NewAddress } from '#shared/orders/new-address.ts'
import { always } from '#tests/support/property.ts'

const bare = { name: 'Ada', line1: 'Road 1' }
const full = { ...bare, city: 'City', postal_code: '12345' }

const refusedFields = (address: object): string[] => {
  const { error } = NewAddress.safeParse(address)
  return error ? fieldErrors(error.issues, (path) => path.join('.')).map(({ pointer }) => pointer) : []
}

describe('an address', () => {
  test.each(['HK', 'AE'])('in %s needs neither postal code nor city', (country) => {
    expect(refusedFields({ ...bare, country })).toEqual([])
  })

  test.each(['QA', 'PA', 'IE', 'BS'])('in %s needs a city and no postal code', (country) => {
    expect(refusedFields({ ...bare, country })).toEqual(['city'])
  })

  test.each(['SG', 'JP'])('in %s needs a postal code and no city', (country) => {
    expect(refusedFields({ ...bare, country })).toEqual(['postal_code'])
  })

  test.each(['DE', 'US', 'GB', 'RO', 'CH', 'IN', 'AU', 'CA'])('in %s needs both', (country) => {
    expect(refusedFields({ ...bare, country })).toEqual(['postal_code', 'city'])
  })

  test.each(['ZZ', 'QQ', 'UK', 'XK', 'us', 'USA', ''])('is not in %j', (country) => {
    expect(refusedFields({ ...full, country })).toEqual(['country'])
  })

  test('may have a company, a region and a phone', () => {
    const address = { ...full, company: 'Acme', region: 'CA', country: 'US', phone: '+1 (555) 010-1234 ext. 9' }
    expect(NewAddress.parse(address)).toEqual(address)
    expect(refusedFields({ ...full, country: 'US', phone: 'call me' })).toEqual(['phone'])
  })
})

test('there are 249 countries', () => {
  expect(Country.options).toHaveLength(249)
})

test('every accepted address comes back equal, and can be stored', () => {
  const field = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), fc.constant(' x '))
  const given = fc.record(
    {
      name: field,
      line1: field,
      country: fc.constantFrom(...Country.options),
      line2: field,
      company: field,
      city: field,
      region: field,
      postal_code: field,
      phone: fc.constantFrom('+41 31 555 01 00', '12'),
    },
    { requiredKeys: ['name', 'line1', 'country'] },
  )
  let accepted = 0
  always(given, (address) => {
    const { success, data } = NewAddress.safeParse(address)
    if (!success) return
    accepted += 1
    expect(NewAddress.parse(data)).toEqual(data)
    expect(Address.parse(data)).toEqual(data)
  })
  expect(accepted).toBeGreaterThan(30)
})
