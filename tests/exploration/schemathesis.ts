import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod/mini'

export type Phase = 'examples' | 'coverage' | 'fuzzing' | 'stateful'

/** What is explored, and as which users. */
export interface Exploration {
  /** Path of the schemathesis program. */
  program: string
  baseUrl: string
  seed: number
  phases: readonly Phase[]
  /** Requests to each operation in the fuzzing phase, and sequences of requests in the stateful one. */
  counts: { fuzzed: number; sequences: number }
  /** Access tokens by name. Several users are peers who must not see each other's data. */
  identities: Record<string, string>
}

/** A schema cannot express everything that makes a request valid: a password must be right, a SKU must exist. */
const excludedChecks = ['positive_data_acceptance']

const Report = z.object({
  complete: z.boolean(),
  test_cases: z.object({ generated: z.int(), with_failures: z.int(), errored: z.int() }),
})

/**
 * Generates requests from the API's description, and compares the answers with it. Findings are printed.
 * @returns whether there were no findings, and how many requests were made
 * @throws Error when it cannot be run
 */
export function explore(exploration: Exploration): { isClean: boolean; requests: number } {
  const { program, baseUrl, seed, phases } = exploration
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-exploration-'))
  try {
    const report = join(folder, 'report.json')
    const { status, error } = spawnSync(
      program,
      [
        ...['--config-file', configuration(folder, exploration), 'run', `${baseUrl}/openapi.json`],
        ...['--phases', phases.join(','), '--seed', String(seed), '--generation-database', 'none'],
        ...['--checks', 'all', '--exclude-checks', excludedChecks.join(','), '--continue-on-failure'],
        ...['--no-color', '--warnings', 'off', '--report', 'json', '--report-json-path', report],
      ],
      // It leaves a cache in its working directory.
      { stdio: 'inherit', cwd: folder },
    )
    if (error) throw error
    const { complete, test_cases } = Report.parse(JSON.parse(readFileSync(report, 'utf8')))
    const isClean = status === 0 && complete && test_cases.with_failures + test_cases.errored === 0
    return { isClean, requests: test_cases.generated }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Credentials are in the format of Web Fuzzing Commons. @returns the configuration's file */
function configuration(folder: string, { identities, counts }: Exploration): string {
  const [people, file] = [join(folder, 'people.json'), join(folder, 'schemathesis.toml')]
  const auth = Object.entries(identities).map(([name, token]) => ({
    name,
    fixedHeaders: [{ name: 'Authorization', value: `Bearer ${token}` }],
  }))
  writeFileSync(people, JSON.stringify({ auth }), { mode: 0o600 })
  const lines = [
    '[auth]',
    'auto-signup = false',
    '[auth.wfc]',
    `path = ${JSON.stringify(people)}`,
    ...(auth.length > 1 ? [`peers = ${JSON.stringify(auth.map(({ name }) => name))}`] : []),
    '[phases.fuzzing.generation]',
    `max-examples = ${counts.fuzzed}`,
    '[phases.stateful.generation]',
    `max-examples = ${counts.sequences}`,
  ]
  writeFileSync(file, lines.join('\n'))
  return file
}
