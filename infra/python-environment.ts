import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @throws Error that names what is missing */
function python(minor: number): string {
  for (const name of ['python3', 'python']) {
    try {
      const found = execFileSync(name, ['-c', `import sys; print(sys.version_info >= (3, ${minor}))`], {
        encoding: 'utf8',
      })
      if (found.trim() === 'True') return name
    } catch {
      // Not installed under this name.
    }
  }
  throw new Error(`This needs Python 3.${minor} or later with venv. Install it and try again.`)
}

/**
 * Creates a virtual environment with the pinned requirements, or recreates it when the pins have changed.
 * @param folder where the environment is created
 * @param requirements path of the requirements file
 * @param minor lowest minor version of Python 3 that the pins support
 * @returns the folder of its programs
 * @throws Error that names what is missing
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
