import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'

export interface Finding {
  /** The name by which `infra/acknowledged-rules.ts` lists it. */
  rule: string
  detail: string
}

const CfnLintReport = z.array(
  z.object({ Rule: z.object({ Id: z.string() }), Message: z.string(), Filename: z.string() }),
)

/** @param programs the linter's folder @param templates file paths @throws Error when it cannot be run */
export function cfnLintFindings(programs: string, templates: string[]): Finding[] {
  const report = CfnLintReport.parse(reportOf(join(programs, 'cfn-lint'), ['--format', 'json', ...templates]))
  return report.map(({ Rule, Message, Filename }) => ({ rule: Rule.Id, detail: `${Message} (${Filename})` }))
}

const CheckovReport = z.object({
  summary: z.object({ passed: z.int(), parsing_errors: z.literal(0) }),
  results: z.object({
    failed_checks: z.array(
      z.object({ check_id: z.string(), check_name: z.string(), resource: z.string(), file_path: z.string() }),
    ),
  }),
})

/** Runs without downloads, which only add texts to its reports. @throws Error when it cannot be run or read a file */
export function checkovFindings(
  programs: string,
  framework: 'cloudformation' | 'dockerfile',
  files: string[],
): Finding[] {
  const options = ['--framework', framework, '--skip-download', '--compact', '--output', 'json']
  const { summary, results } = CheckovReport.parse(
    reportOf(join(programs, 'checkov'), [...options, '--file', ...files]),
  )
  if (summary.passed === 0) throw new Error('checkov ran no checks')
  return results.failed_checks.map(({ check_id, check_name, resource, file_path }) => ({
    rule: check_id,
    detail: `${check_name}: ${resource} (${file_path})`,
  }))
}

const SchemaReport = z.object({
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
  parse_errors: z._default(z.array(z.object({ message: z.string() })), []),
})

/** Checks a file against the Compose Specification. @throws Error when it cannot be run */
export function composeFindings(programs: string, file: string): Finding[] {
  const options = ['--builtin-schema', 'vendor.compose-spec', '--output-format', 'json', file]
  const { errors, parse_errors } = SchemaReport.parse(reportOf(join(programs, 'check-jsonschema'), options))
  return [...errors, ...parse_errors.map((error) => ({ path: '$', ...error }))].map(({ path, message }) => ({
    rule: 'compose-spec',
    detail: `${path}: ${message} (${file})`,
  }))
}

/** Ignores the exit status, which is also non-zero for findings: a readable report means that the linter ran. */
function reportOf(program: string, options: string[]): unknown {
  const { stdout, stderr, error } = spawnSync(program, options, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  if (error) throw error
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`${program} printed no report: ${stderr}`)
  }
}

const NagReport = z.object({
  pluginReports: z.array(
    z.object({ suppressedViolations: z.optional(z.array(z.object({ acknowledgedId: z.string() }))) }),
  ),
})

/** cdk-nag's acknowledged findings for the assembly in this folder; any other finding has failed the synthesis. */
export function acknowledgedByNag(assembly: string): string[] {
  const { pluginReports } = NagReport.parse(JSON.parse(readFileSync(join(assembly, 'validation-report.json'), 'utf8')))
  return pluginReports.flatMap(({ suppressedViolations = [] }) =>
    suppressedViolations.map(({ acknowledgedId }) => acknowledgedId),
  )
}
