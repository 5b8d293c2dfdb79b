import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from '#infra/local/engine.ts'
import { ensureTable } from '#infra/local/table.ts'
import { ensureInstallation } from '#shared/deployment/installation.ts'
import { newSecrets } from '#shared/users/new-secrets.ts'
import { runtimeOn, type TablePlace } from './in-process.ts'
import { adminPassword } from './local-stack.ts'
import './local-credentials.ts'

/** A table as a new installation has it, in an engine of its own, and nothing that reacts to what is written to it. */
export async function startBareTable(): Promise<TablePlace & { stop(): Promise<void> }> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  writeFileSync(join(dataFolder, 'secrets.json'), JSON.stringify(await newSecrets()))
  const engine = await startEngine(dataFolder, undefined)
  const place = { endpoint: engine.endpoint, dataFolder }
  await ensureTable(engine.endpoint, 'holdfast')
  const runtime = runtimeOn(place)
  const admin = { email: 'admin@example.com', password: adminPassword, mustChangePassword: false }
  await ensureInstallation(runtime.servicesUntil(Number.POSITIVE_INFINITY), admin)
  runtime.client.destroy()
  return {
    ...place,
    stop: async () => {
      await engine.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
