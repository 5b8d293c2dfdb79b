import { join, resolve } from 'node:path'
import { systemClock } from '#shared/runtime/clock.ts'
import { readConfig } from '#shared/runtime/config.ts'
import { emptyData, secretsIn } from './data-folder.ts'
import { lockData } from './data-lock.ts'
import { startEngine } from './engine.ts'
import type { EngineName } from './engine-command.ts'
import { createGateway } from './gateway.ts'
import { listen } from './http-port.ts'
import type { Installed } from './install-data.ts'
import { keepLogs } from './log-file.ts'
import { createRestApi } from './rest-api.ts'
import { ensureSecretsFile } from './secrets-file.ts'
import { superviseEngine } from './supervised-engine.ts'

export interface StackOptions {
  dataFolder: string
  host: string
  /** 0 takes any free port. */
  port: number
  /** Empty the data first. */
  fresh?: boolean
  engine?: EngineName | undefined
  /** A DynamoDB that is running already; then none is started. */
  endpoint?: string | undefined
  /** Between two runs of the most frequent job. */
  scheduleSeconds: number
}

export interface Stack extends Installed {
  baseUrl: string
  /** Rejects when the stack cannot go on. */
  failed: Promise<never>
  stop(): Promise<void>
}

/**
 * Everything in this process, beside a real DynamoDB engine. One at a time, because settings go through `process.env`.
 * Neither the data nor an engine is touched before this process has the lock of the data folder and its port.
 * @param report gets a sentence about what goes wrong and is repaired
 * @throws Error in one sentence
 */
export async function startStack(options: StackOptions, report: (sentence: string) => void): Promise<Stack> {
  const folder = resolve(options.dataFolder)
  const lock = await lockData(folder)
  const parts: (() => unknown)[] = [lock.release]
  const ready = Promise.withResolvers<void>()
  const api = createRestApi(readConfig(process.env).CORS_ORIGINS)
  // Requests that arrive while the stack starts wait for it.
  const gateway = createGateway(async (incoming) => {
    await ready.promise
    return api(incoming)
  })
  const stop = async () => {
    // Requests under way are answered; idle connections are closed at once.
    if (gateway.listening) await new Promise((closed) => gateway.close(closed))
    for (const stopPart of parts) await stopPart()
  }
  try {
    const baseUrl = await listen(gateway, options)
    lock.announce(baseUrl)
    if (options.fresh) emptyData(folder)
    await ensureSecretsFile(secretsIn(folder))
    const logs = keepLogs(join(folder, 'logs'))
    parts.unshift(logs.end)
    const engine = options.endpoint === undefined ? await startedEngine(folder, options.engine, report) : undefined
    if (engine) parts.unshift(engine.stop)
    useTable(folder, options.endpoint ?? engine?.endpoint ?? '')
    // Imported only now: it reads the environment.
    const { installData } = await import('./install-data.ts')
    const installed = await installData()
    const background = await startedBackground(folder, options.scheduleSeconds)
    parts.unshift(background.stop)
    ready.resolve()
    return { ...installed, baseUrl, failed: engine?.failed ?? new Promise(() => undefined), stop }
  } catch (error) {
    gateway.closeAllConnections()
    await stop()
    throw error
  }
}

/** Points the functions of this process to the table and the secrets. */
export function useTable(folder: string, endpoint: string): void {
  Object.assign(process.env, {
    DYNAMODB_ENDPOINT: endpoint,
    SECRETS_FILE: secretsIn(folder),
    POWERTOOLS_METRICS_DISABLED: 'true',
  })
}

const startedEngine = (folder: string, wanted: EngineName | undefined, report: (sentence: string) => void) =>
  superviseEngine((port) => startEngine(folder, wanted, port), systemClock, report)

async function startedBackground(folder: string, scheduleSeconds: number): Promise<{ stop(): Promise<void> }> {
  const { runtime } = await import('#shared/composition/process.ts')
  const { startBackground } = await import('./background.ts')
  const { DYNAMODB_ENDPOINT: endpoint = '', TABLE_NAME: table } = runtime().config
  return startBackground({ folder, endpoint, table, scheduleSeconds })
}
