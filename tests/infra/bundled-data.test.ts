import type * as dynamodb from '@aws-sdk/client-dynamodb'
import bcrypt from 'bcryptjs'
import { expect, test } from 'vitest'
import { bundled } from './bundled.ts'

test('creating a client of an undeclared service fails and says why', async () => {
  const { DynamoDBClient } = (await bundled(
    `export { DynamoDBClient } from '@aws-sdk/client-dynamodb'`,
    [],
  )) as typeof dynamodb
  expect(() => new DynamoDBClient({})).toThrow('`uses`')
})

test('bcrypt with packed tables computes the same hashes as bcrypt', async () => {
  const { bcrypt: packed } = (await bundled(`export { default as bcrypt } from 'bcryptjs'`, [])) as {
    bcrypt: typeof bcrypt
  }
  for (const [n, secret] of ['', 'secure123', 'é'.repeat(36)].entries()) {
    const salt = `$2b$04$${String(n).repeat(22)}`
    expect(packed.hashSync(secret, salt)).toBe(bcrypt.hashSync(secret, salt))
  }
})
