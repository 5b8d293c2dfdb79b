import type * as dynamodb from '@aws-sdk/client-dynamodb'
import bcrypt from 'bcryptjs'
import { expect, test } from 'vitest'
import commonPasswords from '#shared/users/common-passwords.json' with { type: 'json' }
import { bundled } from './bundled.ts'

test('a client of a service that is not declared says so when it is made', async () => {
  const { DynamoDBClient } = (await bundled(
    `export { DynamoDBClient } from '@aws-sdk/client-dynamodb'`,
    [],
  )) as typeof dynamodb
  expect(() => new DynamoDBClient({})).toThrow('`uses`')
})

test('the packed list of common passwords unpacks to all of them', async () => {
  const unpacked = (await bundled(`export { commonPasswords } from '#shared/users/common-passwords.ts'`, [])) as {
    commonPasswords: () => string[]
  }
  expect(unpacked.commonPasswords().toSorted()).toEqual(commonPasswords.toSorted())
})

test('bcrypt with packed tables makes the hashes that bcrypt makes', async () => {
  const { bcrypt: packed } = (await bundled(`export { default as bcrypt } from 'bcryptjs'`, [])) as {
    bcrypt: typeof bcrypt
  }
  for (const [n, secret] of ['', 'secure123', 'é'.repeat(36)].entries()) {
    const salt = `$2b$04$${String(n).repeat(22)}`
    expect(packed.hashSync(secret, salt)).toBe(bcrypt.hashSync(secret, salt))
  }
})
