import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { checked } from '#shared/api/checked.ts'
import { Refusal } from '#shared/requests/refusal.ts'

/** What a client reads about a field. */
function detailOf(schema: z.ZodMiniType, value: unknown): string | undefined {
  try {
    checked(z.object({ field: schema }), value === undefined ? {} : { field: value }, () => '#/field')
  } catch (error) {
    if (error instanceof Refusal) return error.extras.errors?.map(({ detail }) => detail).join('; ')
    throw error
  }
  return undefined
}

const cases: [string, z.ZodMiniType, unknown][] = [
  ['is required', z.string(), undefined],
  ['is not a string', z.string(), null],
  ['is not a number', z.number(), '1'],
  ['is not a whole number', z.int(), 1.5],
  ['is not true or false', z.boolean(), 'true'],
  ['is not a list', z.array(z.string()), {}],
  ['is not an object', z.object({}), []],
  ['is not "NEW" or "SHIPPED"', z.enum(['NEW', 'SHIPPED']), 'new'],
  ['is empty', z.string().check(z.minLength(1)), ''],
  ['has fewer than 8 characters', z.string().check(z.minLength(8)), 'x'],
  ['has more than 2 characters', z.string().check(z.maxLength(2)), 'xyz'],
  ['is empty', z.array(z.string()).check(z.minLength(1)), []],
  ['has more than 1 entries', z.array(z.string()).check(z.maxLength(1)), ['a', 'b']],
  ['is less than 1', z.int().check(z.minimum(1)), 0],
  ['is more than 100', z.int().check(z.maximum(100)), 101],
  ['does not have the right form', z.string().check(z.regex(/^a$/)), 'b'],
  [
    'does not say what it should',
    z.string().check(z.refine(() => false, { error: 'does not say what it should' })),
    'b',
  ],
]
test.each(cases)('a refused field %s', (detail, schema, value) => {
  expect(detailOf(schema, value)).toBe(detail)
})
