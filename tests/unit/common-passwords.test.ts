import { dictionary } from '@zxcvbn-ts/language-common'
import { describe, expect, test } from 'vitest'
import commonPasswords from '#shared/users/common-passwords.json' with { type: 'json' }

/** Examples that early users of the API were given; they stay accepted. */
const examples = ['secure123', 'securepassword']

describe('the bundled list of common passwords', () => {
  test('is the head of the public list, without the two examples', () => {
    const lower = dictionary['passwords-common'].map((password) => String(password).toLowerCase())
    const usable = [...new Set(lower)].filter((password) => password.length >= 8 && password.length <= 72)
    expect(commonPasswords).toEqual(usable.filter((password) => !examples.includes(password)).slice(0, 3000))
  })

  test('has 3,000 different entries', () => {
    expect(new Set(commonPasswords).size).toBe(3000)
  })
})
