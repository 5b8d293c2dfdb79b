import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test.each(['start', 'start -- --fresh', 'run dev'])(
  'npm %s serves until it is stopped, and leaves nothing running',
  async (command) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
    const environment = { ...process.env, PORT: '0', DATA_DIR: folder }
    const npm = spawn('npm', command.split(' '), { stdio: ['ignore', 'pipe', 'ignore'], env: environment })
    const ended = new Promise((done) => npm.once('exit', done))
    const banner = await new Promise<Record<string, string>>((complete) => {
      const seen: Record<string, string> = {}
      createInterface({ input: npm.stdout }).on('line', (line) => {
        const [, name = '', value = ''] = /^(Holdfast|Docs|Admin|Password) +(\S+)/.exec(line) ?? []
        if (name !== '') seen[name] = value
        if (line.startsWith('Ctrl-C')) complete(seen)
      })
    })
    expect(banner).toMatchObject({
      Admin: 'admin@holdfast.local',
      Docs: `${banner['Holdfast']}/docs`,
      Password: expect.stringMatching(/^.{12,}$/),
    })
    expect((await fetch(`${banner['Holdfast']}/health/ready`)).status).toBe(200)

    const engineFile = join(folder, 'engine.json')
    const { pid } = JSON.parse(readFileSync(engineFile, 'utf8')) as { pid: number }
    expect(isRunning(pid)).toBe(true)
    npm.kill('SIGTERM')
    await ended
    await vi.waitFor(() => expect([isRunning(pid), existsSync(engineFile)]).toEqual([false, false]), {
      timeout: 10_000,
    })
    rmSync(folder, { recursive: true, force: true })
  },
  60_000,
)
