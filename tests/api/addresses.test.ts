import { beforeAll, describe, expect, inject, test } from 'vitest'
import { expectStatus, newPerson, newProduct, type Person, signInAdmin } from '#tests/support/people.ts'

let user: Person
let sku: string

beforeAll(async () => {
  const baseUrl = inject('baseUrl')
  const admin = await signInAdmin(baseUrl, inject('adminPassword'))
  user = await newPerson(baseUrl, admin)
  sku = await newProduct(admin)
})

const bare = { name: 'Ada Lovelace', line1: 'Road 1' }
const shipTo = (address: object) =>
  user.createOrder({ body: { lines: [{ sku, quantity: 1 }], ship_to: { ...bare, country: 'CH', ...address } } })

describe('an order can be shipped to', () => {
  test.each([
    ['Hong Kong', { country: 'HK', region: 'Kowloon' }],
    ['Qatar', { country: 'QA', city: 'Doha' }],
    ['the Emirates', { country: 'AE', region: 'Dubai' }],
    ['Panama', { country: 'PA', city: 'Panama' }],
    ['Singapore', { country: 'SG', postal_code: '238823' }],
    [
      'the United States',
      { country: 'US', city: 'Austin', region: 'TX', postal_code: '78701', phone: '+1 512 555 0100' },
    ],
    ['a company', { company: 'Analytical Engines', city: 'Bern', postal_code: '3000' }],
  ])('%s', async (_, address) => {
    expect(expectStatus(await shipTo(address), 201).ship_to).toEqual({ ...bare, country: 'CH', ...address })
  })
})

describe('an order cannot be shipped', () => {
  const place = { city: 'Bern', postal_code: '3000' }

  test.each(['ZZ', 'QQ', 'UK', 'XK', 'us', 'USA'])('to %s, which is not in ISO 3166', async (country) => {
    const errors = [{ pointer: '#/ship_to/country' }]
    expect(await shipTo({ ...place, country })).toMatchObject({ status: 422, body: { errors } })
  })

  test('without the postal code or the city where there are some', async () => {
    for (const country of ['CH', 'DE', 'US', 'GB', 'RO']) {
      const errors = [{ pointer: '#/ship_to/postal_code' }, { pointer: '#/ship_to/city' }]
      expect(await shipTo({ country })).toMatchObject({ status: 422, body: { errors } })
    }
    expect(await shipTo({ country: 'QA' })).toMatchObject({ body: { errors: [{ pointer: '#/ship_to/city' }] } })
  })

  test.each(['company', 'region', 'phone', 'name', 'line2'])('with a blank %s', async (field) => {
    const errors = [{ pointer: `#/ship_to/${field}` }]
    expect(await shipTo({ ...place, [field]: ' ' })).toMatchObject({ status: 422, body: { errors } })
  })
})
