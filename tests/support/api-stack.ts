import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { bootstrapFunction, deployedFunctions, keyRotationFunction } from '#infra/deployed-functions.ts'
import { adminPassword, type LocalStack, mailFolder, metricsToken, startLocalStack } from './local-stack.ts'
import { onLocalStack } from './unused-grants.ts'
import { functionRuntimes, recordingOptions, usedActions } from './used-actions.ts'
import { UsedGrants } from './used-grants.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the API under test. */
    baseUrl: string
    /** Password of its admin, whose username is `admin`. */
    adminPassword: string
    /** Opens `/metrics`. */
    metricsToken: string
    /** Where its mails are, for `mailbox`; empty where tests cannot read them. */
    mails: string
  }
}

let own: { stack: LocalStack; project: TestProject } | undefined

/** The API under test: whatever `BASE_URL` points to (with `ADMIN_PASSWORD`), else a local stack of its own. */
export async function setup(project: TestProject): Promise<void> {
  const { BASE_URL: baseUrl, ADMIN_PASSWORD: password, METRICS_TOKEN: token = '', MAILS: mails = '' } = process.env
  if (baseUrl !== undefined) {
    if (password === undefined) throw new Error('BASE_URL needs ADMIN_PASSWORD')
    project.provide('baseUrl', baseUrl)
    project.provide('adminPassword', password)
    project.provide('metricsToken', token)
    project.provide('mails', mails)
    return
  }
  const stack = await startLocalStack({ environment: { [functionRuntimes]: 'own' } })
  own = { stack, project }
  project.provide('baseUrl', stack.baseUrl)
  project.provide('adminPassword', adminPassword)
  project.provide('metricsToken', metricsToken)
  project.provide('mails', mailFolder(stack))
}

/** @throws Error when a function used an action it is not granted or, if all tests passed, is granted one that it never used */
export async function teardown(): Promise<void> {
  if (!own) return
  const { stack, project } = own
  const wrong = (await hasPassedAll(project)) ? await wrongGrants(stack) : []
  await stack.stop()
  if (wrong.length > 0) throw new Error(`Used and granted actions differ:\n${wrong.join('\n')}`)
}

/** Whether every test of the project ran, and none failed. */
async function hasPassedAll(project: TestProject): Promise<boolean> {
  const { vitest } = project
  const { testFiles } = await project.globTestFiles()
  const ran = vitest.state.getTestModules().filter((module) => module.project === project)
  return (
    vitest.getGlobalTestNamePattern() === undefined &&
    ran.length === testFiles.length &&
    ran.every((module) => module.ok())
  )
}

/** They call Secrets Manager directly, which the local stack does not have. */
const onlyDeployed = [bootstrapFunction, keyRotationFunction]

async function wrongGrants({ baseUrl, dataFolder }: LocalStack): Promise<string[]> {
  await promisify(execFile)(process.execPath, [...recordingOptions, join(import.meta.dirname, 'run-unprompted.ts')], {
    env: { ...process.env, BASE_URL: baseUrl, DATA_DIR: dataFolder },
  })
  const local = deployedFunctions.filter((deployed) => !onlyDeployed.includes(deployed))
  const grants = new UsedGrants(local, onLocalStack)
  usedActions(dataFolder).forEach(grants.add)
  return grants.compare().wrong
}
