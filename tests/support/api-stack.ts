import type { TestProject } from 'vitest/node'
import { adminPassword, type LocalStack, metricsToken, startLocalStack } from './local-stack.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the API under test. */
    baseUrl: string
    /** Of its admin, whose username is `admin`. */
    adminPassword: string
    /** Opens `/metrics`. */
    metricsToken: string
  }
}

let own: LocalStack | undefined

/** The API under test: whatever `BASE_URL` points to (with `ADMIN_PASSWORD`), else a local stack of its own. */
export async function setup(project: TestProject): Promise<void> {
  const { BASE_URL: baseUrl, ADMIN_PASSWORD: password, METRICS_TOKEN: token = '' } = process.env
  if (baseUrl !== undefined) {
    if (password === undefined) throw new Error('BASE_URL needs ADMIN_PASSWORD')
    project.provide('baseUrl', baseUrl)
    project.provide('adminPassword', password)
    project.provide('metricsToken', token)
    return
  }
  own = await startLocalStack()
  project.provide('baseUrl', own.baseUrl)
  project.provide('adminPassword', adminPassword)
  project.provide('metricsToken', metricsToken)
}

export const teardown = async (): Promise<void> => own?.stop()
