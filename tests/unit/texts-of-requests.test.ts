import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { operations } from '#shared/api/operations.ts'

interface Field {
  /** Where the text stands in a request: `createOrder body/ship_to/name`. */
  place: string
  schema: z.ZodMiniType
}

/** A schema as zod keeps it: the parts that one is made of. */
interface Definition {
  type: string
  shape?: Record<string, z.ZodMiniType>
  element?: z.ZodMiniType
  innerType?: z.ZodMiniType
  keyType?: z.ZodMiniType
  valueType?: z.ZodMiniType
  options?: z.ZodMiniType[]
  in?: z.ZodMiniType
  out?: z.ZodMiniType
}

/** Every text that a schema lets through. Kinds of schemas that cannot hold a text of the sender's are named. */
function textsIn(place: string, schema: z.ZodMiniType): Field[] {
  const { type, shape = {}, ...def } = schema._zod.def as unknown as Definition
  if (type === 'string') return [{ place, schema }]
  if (['number', 'int', 'boolean', 'enum', 'literal', 'null', 'transform'].includes(type)) return []
  const members = Object.entries(shape).map(([name, member]) => [`/${name}`, member] as const)
  const items = [def.element, def.keyType, def.valueType].map((part) => ['/*', part] as const)
  const sames = [def.innerType, def.in, def.out, ...(def.options ?? [])].map((part) => ['', part] as const)
  const parts = [...members, ...items, ...sames].flatMap(([name, part]) => (part ? [[name, part] as const] : []))
  if (parts.length === 0 && type !== 'object') throw new Error(`${place} is a schema of an unknown type: ${type}`)
  return parts.flatMap(([name, part]) => textsIn(`${place}${name}`, part))
}

const fields = operations.flatMap(({ operation, route: { body, query, params } }) =>
  Object.entries({ body, query, params }).flatMap(([part, schema]) =>
    schema ? textsIn(`${operation} ${part}`, schema) : [],
  ),
)

/** Secrets and names that are compared and never stored or shown. New passwords have a rule of their own. */
const compared = /\/(\w*password|refresh_token|code)$|^logIn body\/(email|username)$|\/cursor$/

const unwanted = {
  'a NUL': '\0',
  'a control character': '\u0007',
  'an escape': '\u001b[31m',
  'a control character of Latin-1': '\u009b',
  'a right-to-left override': '\u202e',
  'an embedding': '\u202a',
  'an isolate': '\u2066',
  'half a surrogate pair': '\ud83d',
}

/** Texts of many forms, so that a field is not refused for its form alone. */
const carriers: ((mark: string) => string)[] = [
  (mark) => `ab${mark}cd`,
  (mark) => `${mark}abcd`,
  (mark) => `abcd${mark}`,
  (mark) => `ab${mark}@example.com`,
  (mark) => `ab@example${mark}.com`,
  (mark) => `012${mark}3456`,
  (mark) => `2026-01-01T00:00:00Z${mark}`,
  (mark) => `Europe/${mark}Berlin`,
  (mark) => `usr_0${mark}0`,
  (mark) => `key_0${mark}0`,
]

describe('every text of a request', () => {
  const entered = fields.filter(({ place }) => !compared.test(place))

  test.each(Object.entries(unwanted))('is refused with %s', (_, mark) => {
    const accepted = entered.filter(({ schema }) => carriers.some((write) => schema.safeParse(write(mark)).success))
    expect(accepted.map(({ place }) => place)).toEqual([])
  })

  test('has an end', () => {
    const endless = fields.filter(({ schema }) => schema.safeParse('a'.repeat(5000)).success)
    expect(endless.map(({ place }) => place)).toEqual([])
  })

  test('is found wherever a route takes it, and accepts an ordinary text of its form', () => {
    const ordinary = carriers
      .map((write) => write(''))
      .concat('EUR', 'de', '2026-01-01', `wh_${'0'.repeat(52)}`, 'ord_0')
    const places = entered.map(({ place }) => place)
    for (const place of ['createOrder body/note', 'createOrder body/ship_to/line1', 'listOrders query/q']) {
      expect(places).toContain(place)
    }
    const refusing = entered.filter(({ schema }) => !ordinary.some((text) => schema.safeParse(text).success))
    expect(refusing.map(({ place }) => place)).toEqual([])
  })

  test('would be noticed without its rule', () => {
    const [field] = textsIn('x', z.strictObject({ notes: z.array(z.nullable(z.string())) }))
    expect(field?.place).toBe('x/notes/*')
    expect(field?.schema.safeParse('a\u202eb').success).toBe(true)
  })
})
