import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface Emulator {
  endpoint: string
  stop(): Promise<void>
}

const requirements = join(import.meta.dirname, 'requirements.txt')
const startTimeoutMilliseconds = 30_000

/** @throws Error that says what is missing */
function python(): string {
  for (const name of ['python3', 'python']) {
    try {
      const found = execFileSync(name, ['-c', 'import sys; print(sys.version_info >= (3, 10))'], { encoding: 'utf8' })
      if (found.trim() === 'True') return name
    } catch {
      // Not there under this name.
    }
  }
  throw new Error('The AWS emulator needs Python 3.10 or later with venv. Install it and try again.')
}

/** A virtual environment with the pinned emulator; made again when the pins have changed. */
function installed(folder: string): string {
  const venv = join(folder, 'emulator')
  const marker = join(venv, 'requirements.txt')
  const pins = readFileSync(requirements, 'utf8')
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== pins) {
    execFileSync(python(), ['-m', 'venv', '--clear', venv], { stdio: 'inherit' })
    execFileSync(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements], {
      stdio: 'inherit',
    })
    writeFileSync(marker, pins)
  }
  return join(venv, 'bin/ministack')
}

/**
 * Starts an empty AWS that enforces IAM. It listens on every interface, because it cannot do otherwise.
 * @param folder for the virtual environment
 */
export async function startEmulator(folder: string, port: number): Promise<Emulator> {
  const child = spawn(installed(folder), {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, AUTH: 'true', GATEWAY_PORT: String(port), AWS_ENDPOINT_URL: undefined },
  })
  const endpoint = `http://127.0.0.1:${port}`
  await untilReady(endpoint, child)
  return { endpoint, stop: () => end(child) }
}

async function untilReady(endpoint: string, child: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + startTimeoutMilliseconds
  for (;;) {
    const isUp = await fetch(`${endpoint}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (child.exitCode !== null) throw new Error(`The emulator stopped at once; is ${endpoint} taken?`)
    if (isUp) return
    if (Date.now() > giveUpAt) throw new Error('The emulator does not answer')
    await delay(100)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await gone
  clearTimeout(timer)
}
