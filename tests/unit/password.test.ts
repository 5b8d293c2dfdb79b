import { describe, expect, test } from 'vitest'
import { hashPassword, isPassword, nobodysHash, passwordFlaws } from '#shared/users/password.ts'

const email = 'Some.Body@example.com'

describe('passwordFlaws', () => {
  const accepted = [
    ['eight bytes', 'x7-kq2!z'],
    ['72 bytes', 'q'.repeat(72)],
    ['72 bytes of multibyte characters', 'é'.repeat(36)],
    ['eight bytes in two characters', '🐢🐇'],
    ['an example of the first users', 'secure123'],
    ['the other example', 'securepassword'],
    ['the e-mail with something behind it', `${email}!`],
  ] as const
  test.each(accepted)('accepts %s', (_, password) => {
    expect(passwordFlaws(password, email, 'length')).toEqual([])
  })

  const refused = [
    ['seven bytes', 'x7-kq2!', 'is shorter than 8 bytes'],
    ['nothing', '', 'is shorter than 8 bytes'],
    ['73 bytes', 'q'.repeat(73), 'is longer than 72 bytes'],
    ['37 characters of two bytes each', 'é'.repeat(37), 'is longer than 72 bytes'],
    ['19 characters of four bytes each', '🐢'.repeat(19), 'is longer than 72 bytes'],
    ['a common password', 'password1', 'is one of the most common passwords'],
    ['a common password in other letters', 'PassWord1', 'is one of the most common passwords'],
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

  test('refuses what shares only the 72 bytes that bcrypt reads', async () => {
    const longest = 'é'.repeat(36)
    const hash = await hashPassword(longest, 4)
    expect(await isPassword(longest, hash)).toBe(true)
    expect(await isPassword(`${longest}!`, hash)).toBe(false)
  })

  test.each([4, 10])('compares with a dummy hash of cost %i and always says no', async (cost) => {
    expect(nobodysHash(cost)).toMatch(/^\$2b\$\d\d\$[./A-Za-z0-9]{53}$/)
    expect(await isPassword('', nobodysHash(cost))).toBe(false)
    expect(await isPassword('x7-kq2!z', nobodysHash(cost))).toBe(false)
  })
})
