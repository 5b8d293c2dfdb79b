import { describe, expect, test } from 'vitest'
import { hashOfKey, idInKey, isHashOf, keyPrefix, keyText, looksLikeKey } from '#shared/api-keys/key-text.ts'
import { derivedId, digestOf } from '#shared/requests/idempotency.ts'

const id = derivedId('key', digestOf('one'))
const key = keyText('prod', id, { salt: 'salt', serverSecret: 'secret of the installation' })
const letters = '0123456789abcdefghjkmnpqrstvwxyz'

describe('an API key', () => {
  test('names its stage and its id, and has a secret of 160 bits', () => {
    expect(key).toMatch(new RegExp(`^hf_prod_${id.slice(4)}_[${letters}]{39}$`))
    expect(idInKey('prod', key)).toBe(id)
    expect(looksLikeKey(key)).toBe(true)
    expect(looksLikeKey('eyJhbGciOiJFUzI1NiJ9.e30.x')).toBe(false)
  })

  test('depends on the secret of the installation, the salt and the id', () => {
    const others = [
      keyText('prod', id, { salt: 'salt', serverSecret: 'another secret' }),
      keyText('prod', id, { salt: 'another salt', serverSecret: 'secret of the installation' }),
      keyText('prod', derivedId('key', digestOf('two')), { salt: 'salt', serverSecret: 'secret of the installation' }),
    ]
    const secrets = [key, ...others].map((text) => text.slice(-39, -7))
    expect(new Set(secrets).size).toBe(4)
    expect(keyText('prod', id, { salt: 'salt', serverSecret: 'secret of the installation' })).toBe(key)
  })

  test('is recognised by its beginning, which holds nothing of the secret', () => {
    expect(keyPrefix('prod', id)).toBe(`hf_prod_${id.slice(4, 12)}`)
    expect(key.startsWith(keyPrefix('prod', id))).toBe(true)
  })

  test('is kept as a hash that no other key has', () => {
    expect(hashOfKey(key)).not.toContain(key)
    expect(isHashOf(key, hashOfKey(key))).toBe(true)
    expect(isHashOf(`${key.slice(0, -1)}0`, hashOfKey(key))).toBe(false)
  })
})

describe('what is not a key of this stage', () => {
  test('is a key of another stage', () => {
    for (const stage of ['local', 'emulator', 'dev', 'staging'] as const) expect(idInKey(stage, key)).toBeUndefined()
  })

  test('is a key with one wrong letter, wherever it is', () => {
    for (let place = 0; place < key.length; place += 1) {
      for (const letter of letters) {
        if (letter === key[place]) continue
        expect(idInKey('prod', `${key.slice(0, place)}${letter}${key.slice(place + 1)}`)).toBeUndefined()
      }
    }
  })

  test('is a key with two letters exchanged', () => {
    for (let place = 0; place + 1 < key.length; place += 1) {
      const [a = '', b = ''] = key.slice(place, place + 2)
      if (a === b) continue
      expect(idInKey('prod', `${key.slice(0, place)}${b}${a}${key.slice(place + 2)}`)).toBeUndefined()
    }
  })

  test.each([
    ['nothing', ''],
    ['the brand alone', 'hf_'],
    ['half a key', key.slice(0, 60)],
    ['a key with something behind it', `${key}0`],
    ['a key in capitals', key.toUpperCase()],
    ['a key with a line break', `${key}\n`],
    ['a very long text', 'hf_'.repeat(5000)],
  ])('is %s', (_, text) => {
    expect(idInKey('prod', text)).toBeUndefined()
  })
})
