import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { runtimeOn } from '#tests/support/in-process.ts'
import { type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'

let stack: LocalStack
beforeAll(async () => {
  stack = await startLocalStack()
})
afterAll(() => stack.stop())

/** `npm run job`, on the data in a folder. */
function runJob(name: string, folder: string): Promise<{ code: number | null; output: string }> {
  const child = spawn('npm', ['run', '--silent', 'job', '--', name], { env: { ...process.env, DATA_DIR: folder } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  return new Promise((done) => child.once('close', (code) => done({ code, output })))
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

  test.each(['process-due-orders', 'reconcile'])('runs %s', async (name) => {
    expect(await runJob(name, stack.dataFolder)).toEqual({ code: 0, output: `${name} is done\n` })
  })

  test('runs migrate, and reports how much was moved', async () => {
    const runtime = runtimeOn(stack)
    const { store } = runtime.servicesUntil(Number.POSITIVE_INFINITY)
    const begun = { begun_at: 0, round_begun_at: 0, moved_in_round: 0, moved: 7 }
    const name = `migrate to ${store.migrations.target}`
    await store.transact([store.jobs.remember(name, { position: null, figures: begun })])
    runtime.client.destroy()
    expect(await runJob('migrate', stack.dataFolder)).toEqual({ code: 0, output: 'migrate is done, moved: 7\n' })
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
