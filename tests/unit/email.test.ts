import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { deliverableAddress, Email, emailKey } from '#shared/requests/email.ts'
import { always } from '#tests/support/property.ts'

test.each([
  'jo@example.com',
  "o'brien+tag@example.co.uk",
  'jürgen@example.com',
  'user@münchen.de',
  'user@xn--mnchen-3ya.de',
  'почта@пример.рф',
  'user@пример.xn--p1ai',
  '用户@例子.中国',
  `${'a'.repeat(64)}@example.com`,
])('%s is an e-mail address', (email) => {
  expect(Email.parse(email)).toBe(email)
})

test.each([
  'jo',
  '@example.com',
  'jo@localhost',
  'jo..jo@example.com',
  '.jo@example.com',
  'jo.@example.com',
  '"jo"@example.com',
  'jo@[127.0.0.1]',
  'jo@-example.com',
  'jo@exa mple.com',
  'jo@evil.com\nBcc: x@example.com',
  'jo\u202e@example.com',
  `${'a'.repeat(65)}@example.com`,
  `${'ü'.repeat(33)}@example.com`,
  `jo@${'a'.repeat(64)}.com`,
  `jo@${'ü'.repeat(60)}.com`,
  `jo@${'abcdefgh.'.repeat(40)}com`,
])('%j is not', (email) => {
  expect(Email.safeParse(email).success).toBe(false)
})

test('an address is stored as given, in NFC and trimmed', () => {
  expect(Email.parse(' Ju\u0308rgen@MÜNCHEN.de ')).toBe('Jürgen@MÜNCHEN.de')
})

test.each([
  ['Jo@Example.COM', 'jo@example.com'],
  ['user@münchen.de', 'USER@xn--mnchen-3ya.de'],
  ['Ju\u0308rgen@example.com', 'jürgen@example.com'],
  ['user@MÜNCHEN.de ', 'user@münchen.de'],
])('%s and %s are the same mailbox', (one, other) => {
  expect(emailKey(one)).toBe(emailKey(other))
})

test('accents, tags and dots make another mailbox', () => {
  const keys = ['jurgen@a.de', 'jürgen@a.de', 'jur.gen@a.de', 'jurgen+1@a.de'].map(emailKey)
  expect(new Set(keys).size).toBe(keys.length)
})

test('mail servers get the domain in ASCII', () => {
  expect(deliverableAddress('Jo.Ü@münchen.de')).toBe('Jo.Ü@xn--mnchen-3ya.de')
})

test('what earlier versions took as an address keeps its key: the address in lower case', () => {
  const earlier = fc.emailAddress().filter((email) => z.email().safeParse(email).success)
  always(earlier, (email) => {
    expect(Email.parse(email)).toBe(email)
    expect(emailKey(email)).toBe(email.toLowerCase())
  })
})

test('every accepted address comes back equal, and has one key', () => {
  const part = fc.string({
    unit: fc.constantFrom('a', 'Z', '9', 'ü', 'u\u0308', 'я', '例', '-', '.', '+', ' ', '@'),
    maxLength: 8,
  })
  always(fc.tuple(part, part), ([local, domain]) => {
    const { success, data } = Email.safeParse(`${local}@${domain}.de`)
    if (!success) return
    expect(Email.parse(data)).toBe(data)
    expect(emailKey(emailKey(data))).toBe(emailKey(data))
  })
})
