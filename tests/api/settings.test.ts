import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { slowMachine } from '#tests/support/in-process.ts'
import { type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, type Person, signIn, signInAdmin } from '#tests/support/people.ts'

const strong = 'Upper-lower-1-and-more'
const newEmail = () => `${randomUUID()}@example.com`

let stack: LocalStack
let admin: Person
let anybody: ReturnType<typeof createClient>
beforeAll(async () => {
  const environment = { REGISTRATION: 'admin_only', PASSWORD_POLICY: 'complex', ADMIN_PASSWORD: strong }
  stack = await startLocalStack({ environment })
  admin = await signInAdmin(stack.baseUrl, strong)
  anybody = createClient({ baseUrl: stack.baseUrl })
})
afterAll(() => stack.stop())

describe('REGISTRATION=admin_only', () => {
  test('lets only admins register people', async () => {
    const body = { email: newEmail(), password: strong }
    expect(await anybody.register({ body })).toMatchObject({ status: 401, body: { code: 'not_authenticated' } })
    expectStatus(await admin.register({ body }), 201)
    const person = await signIn(stack.baseUrl, body.email, strong)
    expect(await person.register({ body: { ...body, email: newEmail() } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: 'Admin access required' },
    })
    expectStatus(await admin.createUser({ body: { ...body, email: newEmail() } }), 201)
  })
})

describe('PASSWORD_POLICY=complex', () => {
  const weak = [
    ['an upper-case letter', strong.toLowerCase()],
    ['a lower-case letter', strong.toUpperCase()],
    ['a digit', strong.replace('1', 'x')],
    ['a special character', strong.replaceAll('-', 'x')],
  ] as const
  test.each(weak)('requires %s of every new password', async (what, secret) => {
    const errors = [{ pointer: '#/password', code: 'weak_password', detail: `needs ${what}` }]
    const refused = { status: 422, body: { code: 'weak_password', errors } }
    const body = { email: newEmail(), password: secret }
    expect(await admin.createUser({ body })).toMatchObject(refused)
    expect(await admin.register({ body })).toMatchObject(refused)
    const change = { current_password: strong, new_password: secret }
    expect(await admin.changePassword({ body: change })).toMatchObject({
      status: 422,
      body: { code: 'weak_password', errors: [{ pointer: '#/new_password', detail: `needs ${what}` }] },
    })
  })
})

/** Starts a stack that is expected to fail. @param settings its `.env` */
async function startAndFail(
  environment: Record<string, string>,
  settings = '',
): Promise<{ code: unknown; report: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  const given = { ADMIN_PASSWORD: 'a-good-password', TABLE_SILENCE_MILLISECONDS: slowMachine, ...environment }
  const env = { ...process.env, DATA_DIR: folder, PORT: '0', ...given }
  writeFileSync(join(folder, '.env'), settings)
  const ended = await new Promise<{ code: unknown; report: string }>((done) => {
    execFile(process.execPath, [join(process.cwd(), 'infra/local/main.ts')], { env, cwd: folder }, (error, _, report) =>
      done({ code: error?.code, report }),
    )
  })
  rmSync(folder, { recursive: true })
  return ended
}

test('a stack does not start when .env has an unknown name', async () => {
  const { code, report } = await startAndFail({}, 'REGISTRATIONS=admin_only\n')
  expect(code).toBe(1)
  expect(report).toContain('Holdfast could not start: Bad configuration: .env sets REGISTRATIONS;')
})

test.each([
  ['REGISTRATION', 'closed', 'REGISTRATION'],
  ['PASSWORD_POLICY', 'none', 'PASSWORD_POLICY'],
  ['PASSWORD_POLICY', 'complex', 'The password needs an upper-case letter'],
])('a stack with %s=%s does not start', async (name, value, complaint) => {
  const { code, report } = await startAndFail({ [name]: value })
  expect(code).toBe(1)
  expect(report).toContain('Holdfast could not start')
  expect(report).toContain(complaint)
})
