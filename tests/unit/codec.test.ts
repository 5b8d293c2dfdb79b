import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import type { Item } from '#shared/dynamodb/item.ts'
import { codecKnowing, upgraded } from '#shared/store/codec.ts'

const key = { pk: 'CUP#1', sk: 'CUP' }
const Colour = z.object({ colour: z.string() })
const cup = {
  version: 2,
  upgrade: ({ color, ...rest }: Item) => ({ ...rest, colour: color }),
}
const downgrade = ({ colour, ...rest }: Item) => ({ ...rest, color: colour })

/** Three consecutive releases: one without the new schema, one that also reads it, one that writes it. */
const old = codecKnowing({})('cup', z.object({ color: z.string() }))
const learning = codecKnowing({ cup: { ...cup, downgrade } })('cup', Colour)
const current = codecKnowing({ cup })('cup', Colour)

describe('a type of item whose schema changes', () => {
  test('is written in the old form by the release that learns to read the new one', () => {
    expect(learning.encode(key, { colour: 'red' })).toEqual({ ...key, entity: 'cup', schema: 1, color: 'red' })
    expect(current.encode(key, { colour: 'red' })).toEqual({ ...key, entity: 'cup', schema: 2, colour: 'red' })
  })

  const before = old.encode(key, { color: 'red' })
  const after = current.encode(key, { colour: 'red' }, { list: 'CUPS' })
  test('is read in both forms by that release and the next', () => {
    for (const reader of [learning, current]) {
      expect([before, after].map(reader.decode)).toEqual([{ colour: 'red' }, { colour: 'red' }])
    }
  })

  test('is refused, not misread, by a release that does not know it', () => {
    expect(() => old.decode(after)).toThrow('Item is cup 2, not cup 1')
  })

  test.each([
    ['of another type', { ...after, entity: 'mug' }],
    ['of a later schema', { ...after, schema: 3 }],
    ['of the schema before the one before', { ...after, schema: 0 }],
    ['without a schema', { ...key, entity: 'cup', colour: 'red' }],
  ])('is refused when it is %s', (_, item) => {
    expect(() => current.decode(item)).toThrow('not cup 2')
  })

  test('is migrated to the new form, and unrelated fields are kept', () => {
    expect(upgraded({ cup }, { ...before, list: 'CUPS' })).toEqual(after)
  })
})
