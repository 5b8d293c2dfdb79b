import type { TestProject } from 'vitest/node'
import { type Bundle, buildBundles } from '#infra/bundling/bundles.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The bundle of every function, where the synthesis expects it. */
    bundles: Bundle[]
  }
}

/** Once for all tests of the infrastructure: it takes seconds. */
export const setup = async (project: TestProject): Promise<void> => project.provide('bundles', await buildBundles())
