import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @throws Error that says what is missing */
function python(minor: number): string {
  for (const name of ['python3', 'python']) {
    try {
      const found = execFileSync(name, ['-c', `import sys; print(sys.version_info >= (3, ${minor}))`], {
        encoding: 'utf8',
      })
      if (found.trim() === 'True') return name
    } catch {
      // Not there under this name.
    }
  }
  throw new Error(`This needs Python 3.${minor} or later with venv. Install it and try again.`)
}

/**
 * A virtual environment with what a requirements file pins; made again when the pins have changed.
 * @param folder of the environment
 * @param minor of the least Python 3 that the pins are for
 * @returns folder of its programs
 * @throws Error that says what is missing
 */
export function pythonEnvironment(folder: string, requirements: string, minor = 10): string {
  const programs = join(folder, 'bin')
  const marker = join(folder, 'requirements.txt')
  const pins = readFileSync(requirements, 'utf8')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === pins) return programs
  execFileSync(python(minor), ['-m', 'venv', '--clear', folder], { stdio: 'inherit' })
  execFileSync(join(programs, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements], {
    stdio: 'inherit',
  })
  writeFileSync(marker, pins)
  return programs
}
