import type { TestProject } from 'vitest/node'
import { adminPassword, type LocalStack, startLocalStack } from './local-stack.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the API under test. */
    baseUrl: string
    /** Of its admin, whose username is `admin`. */
    adminPassword: string
  }
}

let own: LocalStack | undefined

/** The API under test: whatever `BASE_URL` points to (with `ADMIN_PASSWORD`), else a local stack of its own. */
export async function setup(project: TestProject): Promise<void> {
  const { BASE_URL: baseUrl, ADMIN_PASSWORD: password } = process.env
  if (baseUrl !== undefined) {
    if (password === undefined) throw new Error('BASE_URL needs ADMIN_PASSWORD')
    project.provide('baseUrl', baseUrl)
    project.provide('adminPassword', password)
    return
  }
  own = await startLocalStack()
  project.provide('baseUrl', own.baseUrl)
  project.provide('adminPassword', adminPassword)
}

export const teardown = async (): Promise<void> => own?.stop()
