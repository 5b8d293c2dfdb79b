import type { Reading } from './reading.ts'

/** `error`: the deployment would fail. `warning`: something will not work, or could not be checked. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error'
  readonly text: string
}

export const ok = (text: string): Finding => ({ level: 'ok', text })
export const warning = (text: string): Finding => ({ level: 'warning', text })
export const failure = (text: string): Finding => ({ level: 'error', text })

/** @param subject what was to be checked, as the subject of a sentence in the singular */
export const judge = <T>(subject: string, reading: Reading<T>, judgement: (value: T) => Finding[]): Finding[] =>
  'refused' in reading ? [warning(`${subject} was not checked: ${reading.refused}.`)] : judgement(reading.value)

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'error')

/** One line per finding, the worst last, where a reader of a terminal looks. */
export function linesOf(findings: readonly Finding[]): string[] {
  const levels = ['ok', 'warning', 'error'] as const
  const lines = levels.flatMap((level) =>
    findings.filter((finding) => finding.level === level).map(({ text }) => `${level.padEnd(9)}${text}`),
  )
  const count = (level: Finding['level']) => {
    const found = findings.filter((finding) => finding.level === level).length
    return `${found} ${level}${found === 1 ? '' : 's'}`
  }
  return [...lines, `${count('error')}, ${count('warning')}`]
}
