import type { TestProject } from 'vitest/node'
import { type Bundle, buildBundles } from '#infra/bundling/bundles.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of every function, as they lie where the synthesis looks for them. */
    bundles: Bundle[]
  }
}

/** Once for all tests of the infrastructure: it takes seconds. */
export const setup = async (project: TestProject): Promise<void> => project.provide('bundles', await buildBundles())
