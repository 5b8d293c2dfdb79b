import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { runtimeOn } from '#tests/support/in-process.ts'
import { adminPassword, type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newPerson, signInAdmin } from '#tests/support/people.ts'

let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack()
})
afterAll(() => stack.stop())

/** `npm run job`, on the data in a folder. @returns what it prints to stdout, and to stdout and stderr */
async function runJob(name: string, folder: string, ...options: string[]) {
  const child = spawn('npm', ['run', '--silent', 'job', '--', name, ...options], {
    env: { ...process.env, DATA_DIR: folder },
  })
  let [printed, output] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const [code] = await once(child, 'close')
  return { code, printed, output }
}

describe('npm run job', () => {
  test('runs a job on the running local stack: redrive retries what was dead-lettered', async () => {
    const letters = join(stack.dataFolder, 'queues', relayDeadLetters)
    mkdirSync(letters, { recursive: true })
    writeFileSync(join(letters, '1.json'), JSON.stringify({ moved: 'no-such-sku' }))
    writeFileSync(join(letters, '2.json'), JSON.stringify({ DDBStreamBatchInfo: {} }))
    writeFileSync(join(letters, '3.json'), JSON.stringify({ who: 'knows' }))
    const { code, output } = await runJob('redrive', stack.dataFolder)
    expect(output).toContain('redrive is done')
    expect(code).toBe(0)
    // A letter that the job does not understand stays where it is.
    expect(readdirSync(letters)).toEqual(['3.json'])
  })

  test.each([
    ['process-due-orders', 'process-due-orders is done, orders: 0\n'],
    ['reconcile', 'reconcile is done\n'],
  ])('runs %s', async (name, printed) => {
    expect(await runJob(name, stack.dataFolder)).toMatchObject({ code: 0, printed })
  })

  test('runs migrate, and reports how much was moved', async () => {
    const runtime = runtimeOn(stack)
    const { store } = runtime.servicesUntil(Number.POSITIVE_INFINITY)
    const begun = { begun_at: 0, round_begun_at: 0, moved_in_round: 0, moved: 7 }
    const name = `migrate to ${store.migrations.target}`
    await store.transact([store.jobs.remember(name, { position: null, figures: begun })])
    runtime.client.destroy()
    expect(await runJob('migrate', stack.dataFolder)).toMatchObject({ code: 0, printed: 'migrate is done, moved: 7\n' })
  })

  test('shows which schemas the data has and which migrations ran', async () => {
    const runtime = runtimeOn(stack)
    const { target } = runtime.servicesUntil(Number.POSITIVE_INFINITY).store.migrations
    runtime.client.destroy()
    const { code, output } = await runJob('migrate', stack.dataFolder, '--status')
    expect(code).toBe(0)
    const [written, outdated, ran, ...rest] = output.split('\n')
    expect([written, outdated, ...rest]).toEqual([
      `Written    ${target}; all other types are of version 1`,
      'Outdated   nothing',
      '',
    ])
    expect(ran?.startsWith(`Ran        ${target}, finished 20`)).toBe(true)
  })

  test('has a status of migrations only', async () => {
    expect(await runJob('redrive', stack.dataFolder, '--status')).toMatchObject({
      code: 1,
      output: 'Only migrate has a --status.\n',
    })
  })

  test('recovers the first admin, and prints the new password once', async () => {
    const { baseUrl } = stack
    const before = await signInAdmin(baseUrl, adminPassword)
    const successor = await newPerson(baseUrl, before, 'admin')
    const params = { id: before.id }
    expectStatus(await successor.updateUser({ params, body: { role: 'user', disabled: true } }), 200)
    const { code, printed, output } = await runJob('recover-admin', stack.dataFolder)
    const [, password = ''] = /^Password +(\S+) /m.exec(printed) ?? []
    expect(code).toBe(0)
    expect(printed).toMatch(/^Admin +admin@holdfast\.local$/m)
    expect(printed).toMatch(/^recover-admin is done, log_in_as: admin, password_in: this output$/m)
    expect(output.split(password)).toHaveLength(2)
    expect(output).toContain('"event":"AdminRecovered"')
    const admin = await signInAdmin(baseUrl, password)
    expect(admin.tokens.user_info).toMatchObject({ is_admin: true, disabled: false, must_change_password: true })
    expect(await admin.listUsers()).toMatchObject({ status: 403, body: { code: 'password_change_required' } })
    const change = { current_password: password, new_password: adminPassword }
    expectStatus(await admin.changePassword({ body: change }), 204)
    expectStatus(await (await signInAdmin(baseUrl, adminPassword)).listUsers(), 200)
  })

  test('lists the jobs when the name is unknown', async () => {
    const { code, output } = await runJob('nonsense', stack.dataFolder)
    expect(code).toBe(1)
    for (const { name } of namedJobs) expect(output).toContain(name)
  })

  test('says what to do when no stack is running', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
    const { code, output } = await runJob('reconcile', folder)
    rmSync(folder, { recursive: true })
    expect([code, output]).toEqual([1, expect.stringContaining('npm start')])
  })
})
