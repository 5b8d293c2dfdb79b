import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Fault } from '#shared/requests/fault.ts'
import {
  base32,
  createOnce,
  derivedId,
  digestOf,
  fingerprintOf,
  Served,
  scopedBy,
  shardOf,
} from '#shared/requests/idempotency.ts'
import { Refusal } from '#shared/requests/refusal.ts'

fc.configureGlobal({ seed: 42, numRuns: 200 })

/** RFC 4648's vectors, in Crockford's alphabet. */
const vectors = [
  ['', ''],
  ['f', 'cr'],
  ['fo', 'csqg'],
  ['foo', 'csqpy'],
  ['foob', 'csqpyrg'],
  ['fooba', 'csqpyrk1'],
  ['foobar', 'csqpyrk1e8'],
] as const

describe('base32', () => {
  test.each(vectors)('of "%s" is "%s"', (text, expected) => {
    expect(base32(Buffer.from(text))).toBe(expected)
  })

  test('distinguishes all byte strings of one length, and reads as a number', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
        const bits = [...base32(bytes)].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
        const back = [...bytes].map((_, n) => Number.parseInt(bits.slice(n * 8, n * 8 + 8), 2))
        expect(back).toEqual([...bytes])
      }),
    )
  })
})

describe('derived ids', () => {
  test('are the same as in the first release, since ids in the table are made of them', () => {
    expect(digestOf('POST', '/orders', 'usr_1', 'key-1')).toBe('n3hbxg97e9a9cswvqz0f7b2n166p10zrnrxx8phjwfgeq2ysp01g')
  })

  test('have 52 characters after the prefix, none of them ambiguous', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        expect(derivedId('ord', digestOf(...parts))).toMatch(/^ord_[0-9abcdefghjkmnpqrstvwxyz]{52}$/)
      }),
    )
  })

  test('are equal for equal parts, not for parts that only look equal when joined', () => {
    expect(digestOf('POST', '/orders', 'a', 'b')).toBe(digestOf('POST', '/orders', 'a', 'b'))
    const variants = [['ab', 'c'], ['a', 'bc'], ['abc'], ['a,b', 'c'], ['a', 'b,c'], ['a","b', 'c'], ['', 'abc']]
    expect(new Set(variants.map((parts) => digestOf(...parts))).size).toBe(variants.length)
  })
})

describe('a fingerprint', () => {
  const isPlain = (key: string) => key !== '__proto__'
  const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'))

  test('ignores the order of fields, at any depth', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string().filter(isPlain), json), (body) => {
        const reversed = Object.fromEntries(Object.entries(body).reverse())
        expect(fingerprintOf({ outer: [reversed] })).toBe(fingerprintOf({ outer: [body] }))
      }),
    )
  })

  test('is equal for values that have the same JSON, and only for those', () => {
    const canonical = (value: unknown) =>
      JSON.stringify(value, (_, inner: unknown) =>
        inner !== null && typeof inner === 'object' && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
      )
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(fingerprintOf({ a }) === fingerprintOf({ a: b })).toBe(canonical(a) === canonical(b))
      }),
    )
  })

  const different = [
    ['the order of lines', { lines: [1, 2] }, { lines: [2, 1] }],
    ['a number written as text', { quantity: 1 }, { quantity: '1' }],
    ['an absent field and a default sent', {}, { reserve: true }],
    ['null and absent', { note: null }, {}],
    ['one level deeper', { a: { b: 1 } }, { a: 1, b: 1 }],
  ] as const
  test.each(different)('changes with %s', (_, a, b) => {
    expect(fingerprintOf(a)).not.toBe(fingerprintOf(b))
  })

  test('is the same for no body and for an empty one', () => {
    expect(fingerprintOf(undefined)).toBe(fingerprintOf({}))
  })
})

describe('a creation that runs once', () => {
  const once = { fingerprint: 'a' }
  const first = new Served(once, () => 'first')
  const refused = (code: 'validation_failed' | 'unavailable') => async () => {
    throw new Refusal(code)
  }
  const unasked = async () => expect.fail('looked for a request that was not refused')

  test('looks for an earlier request only when it is refused', async () => {
    expect(await createOnce(once, async () => 'new', unasked)).toEqual({ result: 'new', replayed: false })
    const replay = { result: 'first', replayed: true }
    expect(await createOnce(once, async () => first, unasked)).toEqual(replay)
    expect(await createOnce(once, refused('validation_failed'), async () => first)).toEqual(replay)
  })

  test('is refused when nothing was served before', async () => {
    await expect(createOnce(once, refused('validation_failed'), async () => undefined)).rejects.toThrow('Validation')
    await expect(createOnce(once, refused('validation_failed'))).rejects.toThrow('Validation')
  })

  test('does not look when its own outcome is unknown', async () => {
    await expect(createOnce(once, refused('unavailable'), unasked)).rejects.toThrow('Unavailable')
    const fault = async () => Promise.reject(new Fault('broken'))
    await expect(createOnce(once, fault, unasked)).rejects.toThrow('broken')
  })

  test('refuses a key that was first used with another body', async () => {
    const other = { fingerprint: 'b' }
    await expect(createOnce(other, async () => first)).rejects.toThrow('with another body')
    await expect(createOnce(other, refused('validation_failed'), async () => first)).rejects.toThrow('another body')
  })

  test('has another identity in another scope', () => {
    const request = { digest: 'd', fingerprint: 'f' }
    const [one, two] = [scopedBy(request, 'one'), scopedBy(request, 'two')]
    expect(one).toEqual(scopedBy(request, 'one'))
    expect(one.fingerprint).toBe('f')
    expect(new Set([request.digest, one.digest, two.digest]).size).toBe(3)
  })
})

describe('shardOf', () => {
  test('always gives a text the same shard, and uses all shards', () => {
    const texts = Array.from({ length: 200 }, (_, n) => `ord_${n}`)
    expect(texts.map((text) => shardOf(text, 8))).toEqual(texts.map((text) => shardOf(text, 8)))
    expect(new Set(texts.map((text) => shardOf(text, 8)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]))
  })
})
