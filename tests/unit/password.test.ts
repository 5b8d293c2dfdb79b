import bcrypt from 'bcryptjs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { hashPassword, isOutdated, isPassword, passwordFlaws, unmatchableHash } from '#shared/users/password.ts'

const email = 'Some.Body@example.com'

describe('passwordFlaws', () => {
  const accepted = [
    ['eight characters', 'x7-kq2!z'],
    ['eight emoji', '🐢🐇🐢🐇🐢🐇🐢🐇'],
    ['64 characters of two bytes each', 'é'.repeat(64)],
    ['256 characters', 'q'.repeat(256)],
    ['256 characters of four bytes each', '🐢'.repeat(256)],
    ['256 characters that are typed as 512', 'e\u0301'.repeat(256)],
    ['blanks among characters', '  x  k q  '],
    ['an emoji that is joined of several', '👩‍👩‍👧 x7-kq'],
    ['an example of the first users', 'secure123'],
    ['the other example', 'securepassword'],
    ['the e-mail with something behind it', `${email}!`],
  ] as const
  test('accepts a phrase with the name of the service', () => {
    expect(passwordFlaws('we hold fast to it', email, 'length')).toEqual([])
    expect(passwordFlaws('holdfast turtle 9', email, 'length')).toEqual([])
  })

  test.each(accepted)('accepts %s', (_, password) => {
    expect(passwordFlaws(password, email, 'length')).toEqual([])
  })

  const refused = [
    ['seven characters', 'x7-kq2!', 'is shorter than 8 characters'],
    ['seven characters that are typed as 14', 'e\u0301'.repeat(7), 'is shorter than 8 characters'],
    ['eight bytes in two characters', '🐢🐇', 'is shorter than 8 characters'],
    ['nothing', '', 'is shorter than 8 characters'],
    ['257 characters', 'q'.repeat(257), 'is longer than 256 characters'],
    ['one character that stands for 18, 15 times', '\uFDFA'.repeat(15), 'is longer than 256 characters'],
    ['a NUL', 'password1\0password1', 'contains a control character'],
    ['a line break', 'x7-kq2!z\n', 'contains a control character'],
    ['a delete', 'x7-kq2!z\u007F', 'contains a control character'],
    ['a control character of ISO 6429', 'x7-kq2!z\u0085', 'contains a control character'],
    ['spaces', ' '.repeat(8), 'consists of blanks'],
    ['blanks of all kinds', ' \u00A0\u2003\u3000\u200B\u2060\u3164\u2800', 'consists of blanks'],
    ['a common password in full-width letters', 'ｐａｓｓｗｏｒｄ１', 'is one of the most common passwords'],
    ['the e-mail in full-width letters', 'Ｓｏｍｅ.Body@example.com', 'is the e-mail'],
    ['a common password', 'password1', 'is one of the most common passwords'],
    ['a common password in other letters', 'PassWord1', 'is one of the most common passwords'],
    ['the name of the service with a digit', 'holdfast1', 'is little more than the name of this service'],
    ['the name of the service with signs', 'Hold-Fast_2026!', 'is little more than the name of this service'],
    ['the e-mail', email, 'is the e-mail'],
    ['the e-mail in other letters', email.toUpperCase(), 'is the e-mail'],
  ] as const
  test.each(refused)('refuses %s', (_, password, flaw) => {
    expect(passwordFlaws(password, email, 'length')).toContain(flaw)
  })

  const incomplex = [
    ['xk7-mq2!z', ['needs an upper-case letter']],
    ['XK7-MQ2!Z', ['needs a lower-case letter']],
    ['xKq-mqw!z', ['needs a digit']],
    ['xK7mq2zzp', ['needs a special character']],
    ['xkqmqwzzp', ['needs an upper-case letter', 'needs a digit', 'needs a special character']],
  ] as const
  test.each(incomplex)('under the complex policy says what %s lacks', (password, flaws) => {
    expect(passwordFlaws(password, email, 'complex')).toEqual(flaws)
    expect(passwordFlaws(password, email, 'length')).toEqual([])
  })

  test('accepts a complex password under the complex policy', () => {
    expect(passwordFlaws('xK7-mq2!z', email, 'complex')).toEqual([])
  })
})

describe('isPassword', () => {
  test('accepts the password and nothing else', async () => {
    const hash = await hashPassword('x7-kq2!z', 4)
    expect(await isPassword('x7-kq2!z', hash)).toBe(true)
    expect(await isPassword('x7-kq2!Z', hash)).toBe(false)
    expect(await isPassword('', hash)).toBe(false)
  })

  test.each([
    ['composed and decomposed letters', 'P\u00E4sswort12', 'Pa\u0308sswort12'],
    ['full-width letters', 'ｘ７-kq2!z', 'x7-kq2!z'],
    ['a ligature', 'e\uFB03cient-x', 'efficient-x'],
  ])('treats %s as equal', async (_, one, other) => {
    expect(await isPassword(other, await hashPassword(one, 4))).toBe(true)
    expect(await isPassword(one, await hashPassword(other, 4))).toBe(true)
  })

  test('distinguishes passwords that share the 72 bytes that bcrypt reads', async () => {
    const long = 'é'.repeat(36)
    const hash = await hashPassword(long, 4)
    expect(await isPassword(long, hash)).toBe(true)
    expect(await isPassword(`${long}!`, hash)).toBe(false)
    expect(await isPassword(`${long}!`, await hashPassword(`${long}?`, 4))).toBe(false)
  })

  test('distinguishes a password from itself repeated after a NUL', async () => {
    expect(await isPassword('x7-kq2!z\0x7-kq2!z', await hashPassword('x7-kq2!z', 4))).toBe(false)
    expect(await isPassword('x7-kq2!z', await hashPassword('x7-kq2!z\0x7-kq2!z', 4))).toBe(false)
  })

  describe('with a hash of version 1', () => {
    const old = async (password: string) => ({ version: 1 as const, hash: await bcrypt.hash(password, 4) })

    test('accepts the password as it was typed, and is outdated', async () => {
      const hash = await old('P\u00E4sswort12')
      expect(await isPassword('P\u00E4sswort12', hash)).toBe(true)
      expect(await isPassword('x7-kq2!z', hash)).toBe(false)
      expect([isOutdated(hash), isOutdated(await hashPassword('x7-kq2!z', 4))]).toEqual([true, false])
    })

    test('refuses passwords that bcrypt alone would accept', async () => {
      const longest = 'é'.repeat(36)
      expect(await isPassword(longest, await old(longest))).toBe(true)
      expect(await isPassword(`${longest}!`, await old(longest))).toBe(false)
      expect(await isPassword('x7-kq2!z\0x7-kq2!z', await old('x7-kq2!z'))).toBe(false)
    })
  })

  test('compares exactly once by bcrypt, whatever the account and the password are', async () => {
    const compare = vi.spyOn(bcrypt, 'compare')
    onTestFinished(() => compare.mockRestore())
    const hashes = [
      unmatchableHash(4),
      await hashPassword('x7-kq2!z', 4),
      { version: 1 as const, hash: await bcrypt.hash('x', 4) },
    ]
    for (const hash of hashes) {
      for (const password of ['x7-kq2!z', '', 'q'.repeat(1000), 'x\0x']) {
        compare.mockClear()
        await isPassword(password, hash)
        expect(compare).toHaveBeenCalledExactlyOnceWith(expect.any(String), hash.hash)
        expect(bcrypt.getRounds(hash.hash)).toBe(4)
      }
    }
  })

  test.each([4, 10])('compares with the unmatchable hash of cost %i like with any other, and says no', async (cost) => {
    expect(unmatchableHash(cost).hash).toMatch(/^\$2b\$\d\d\$[./A-Za-z0-9]{53}$/)
    expect(await isPassword('', unmatchableHash(cost))).toBe(false)
    expect(await isPassword('x7-kq2!z', unmatchableHash(cost))).toBe(false)
  })
})
