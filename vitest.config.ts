import { defineConfig } from 'vitest/config'

const include = (folder: string) => [`tests/${folder}/**/*.test.ts`]

/** A slow machine must not make a test fail. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000 }

/** Somebody else's installation answers at its own pace; an emulated one shares the machine with us. */
const testTimeout = process.env['BASE_URL'] === undefined ? patient.testTimeout : 120_000

export default defineConfig({
  test: {
    // Two cores: more files at once only take each other's time.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: include('unit'), isolate: false, ...patient } },
      { test: { name: 'structure', include: include('structure'), ...patient } },
      {
        test: {
          name: 'infra',
          isolate: false,
          include: include('infra'),
          globalSetup: 'tests/support/built-bundles.ts',
          ...patient,
        },
      },
      {
        test: {
          name: 'api',
          isolate: false,
          include: include('api'),
          globalSetup: 'tests/support/api-stack.ts',
          testTimeout,
          hookTimeout: testTimeout,
        },
      },
      { test: { name: 'commands', include: include('commands'), ...patient } },
      { test: { name: 'seeds', include: include('seeds'), ...patient } },
      { test: { name: 'workflows', include: include('workflows'), ...patient } },
      { test: { name: 'store', isolate: false, include: include('store'), ...patient } },
      {
        test: {
          name: 'load',
          include: include('load'),
          // Figures are for the record only where nothing else runs.
          fileParallelism: process.env['PROVE'] !== 'full',
          testTimeout: 900_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
