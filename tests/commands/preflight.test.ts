import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { type Answer, type AnsweringAccount, denied, startAnsweringAccount } from '#tests/support/answering-account.ts'
import { readyAccount } from '#tests/support/sample-account.ts'

let account: AnsweringAccount | undefined
afterEach(() => account?.stop())

const withoutAccount = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
}

async function run(script: 'preflight' | 'deploy', environment: NodeJS.ProcessEnv, ...options: string[]) {
  const child = spawn('npm', ['run', '--silent', script, '--', ...options], { env: environment })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString()
    })
  }
  const [code] = await once(child, 'close')
  return { code, ...output }
}

/** The environment of a shell that is logged in to an account. */
async function loggedIn(differences: Record<string, Answer> = {}) {
  account = await startAnsweringAccount({ ...readyAccount, ...differences })
  return {
    ...withoutAccount,
    AWS_ENDPOINT_URL: account.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  }
}

describe('npm run preflight', () => {
  test('lists what it found, and warnings do not fail it', async () => {
    const environment = await loggedIn({ 'lambda.GetAccountSettings': denied })
    const { code, stdout, stderr } = await run('preflight', environment, '--stage', 'prod')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toBe('prod in account 123456789012, eu-central-1')
    expect(lines).toContain('ok       Nothing is deployed yet.')
    expect(stdout).toMatch(/^warning {2}mailFrom is still orders@example\.com/m)
    expect(stdout).toMatch(/^warning {2}The number .* was not checked: needs lambda:GetAccountSettings\.$/m)
    expect(lines.at(-1)).toBe('0 errors, 4 warnings')
  })

  test('fails on an error', async () => {
    const environment = await loggedIn({ GetParameter: { Parameter: { Value: '5' } } })
    const { code, stdout } = await run('preflight', environment, '--stage', 'prod')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^error {4}The bootstrap of the CDK has version 5/m)
  })

  test.each([
    [{}, 'There is no AWS region: set AWS_REGION, or a region in the profile.\n'],
    [{ AWS_REGION: 'eu-central-1' }, 'There are no AWS credentials: log in, or set AWS_PROFILE.\n'],
  ])('without an account says in one sentence what is missing: %j', async (more, sentence) => {
    expect(await run('preflight', { ...withoutAccount, ...more })).toEqual({ code: 1, stdout: '', stderr: sentence })
  })
})

test('npm run deploy stops after a preflight that found an error', async () => {
  const environment = await loggedIn({ GetParameter: { Parameter: { Value: '5' } } })
  const { code, stdout, stderr } = await run('deploy', environment, '--stage', 'prod')
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'Nothing was deployed. --skip-preflight deploys in spite of errors.\n',
  })
  expect(stdout.trimEnd()).toMatch(/1 error, \d warnings$/)
})
