import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pythonEnvironment } from '../python-environment.ts'

export interface Emulator {
  endpoint: string
  stop(): Promise<void>
}

const requirements = join(import.meta.dirname, 'requirements.txt')
const startTimeoutMilliseconds = 30_000

/**
 * Starts an empty emulated AWS that enforces IAM. It listens on every interface; it has no setting for that.
 * @param folder where its virtual environment is created
 * @param endpointOfFunctions where deployed functions reach AWS; the emulator itself by default
 */
export async function startEmulator(folder: string, port: number, endpointOfFunctions?: string): Promise<Emulator> {
  const programs = pythonEnvironment(join(folder, 'emulator'), requirements)
  const child = spawn(join(programs, 'ministack'), {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, AUTH: 'true', GATEWAY_PORT: String(port), AWS_ENDPOINT_URL: endpointOfFunctions },
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
    if (child.exitCode !== null) throw new Error(`The emulator exited at startup; is ${endpoint} already in use?`)
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
