import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, isIPv6 } from 'node:net'
import { join, resolve } from 'node:path'
import { newSecrets } from '#shared/users/new-secrets.ts'
import { commandLine, startEngine } from './engine.ts'
import type { EngineName } from './engine-command.ts'
import { createGateway } from './gateway.ts'
import { keepLogs } from './log-file.ts'
import { ensureTable } from './table.ts'

export interface StackOptions {
  dataFolder: string
  host: string
  /** 0 takes any free port. */
  port: number
  /** Empty the data first. */
  fresh?: boolean
  engine?: EngineName | undefined
  /** A DynamoDB that is there already; then none is started. */
  endpoint?: string | undefined
  /** Between two runs of the most frequent job. */
  scheduleSeconds: number
}

export interface Stack {
  baseUrl: string
  admin: { email: string /** Only when it was made up just now. */; generatedPassword?: string }
  stop(): Promise<void>
}

/** Everything in this process, beside a real DynamoDB engine. One at a time: settings go through `process.env`. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = resolve(options.dataFolder)
  const unlock = lock(folder)
  if (options.fresh) emptyData(folder)
  await ensureSecrets(secretsIn(folder))
  const logs = keepLogs(join(folder, 'logs'))
  const engine = options.endpoint === undefined ? await startEngine(folder, options.engine) : undefined
  try {
    useTable(folder, options.endpoint ?? engine?.endpoint ?? '')
    const { admin, corsOrigins } = await bootstrap()
    const gateway = createGateway(corsOrigins)
    await new Promise<void>((listening, failed) => {
      gateway.once('error', failed)
      gateway.listen(options.port, options.host, listening)
    })
    const background = await startedBackground(folder, options.scheduleSeconds)
    const { port } = gateway.address() as AddressInfo
    return {
      baseUrl: urlOf(options.host, port),
      admin,
      stop: async () => {
        // Requests under way are answered; idle connections go at once.
        await new Promise((closed) => gateway.close(closed))
        await background.stop()
        await engine?.stop()
        await logs.end()
        unlock()
      },
    }
  } catch (error) {
    await engine?.stop()
    await logs.end()
    unlock()
    throw error
  }
}

/** Where a client on this machine finds a server; one that listens on all addresses is on loopback as well. */
export function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

const secretsIn = (folder: string): string => join(folder, 'secrets.json')

/** Tells the functions of this process where table and secrets are. */
export function useTable(folder: string, endpoint: string): void {
  Object.assign(process.env, {
    DYNAMODB_ENDPOINT: endpoint,
    SECRETS_FILE: secretsIn(folder),
    POWERTOOLS_METRICS_DISABLED: 'true',
  })
}

/** The table, the main warehouse and the first admin: what an installation needs before its first request. */
async function bootstrap(): Promise<{ admin: Stack['admin']; corsOrigins: string }> {
  // Loaded only now: they read the environment.
  const { runtime } = await import('#shared/composition/process.ts')
  const { ensureInstallation } = await import('#shared/deployment/installation.ts')
  const { config, clock, servicesUntil } = runtime()
  await ensureTable(config.DYNAMODB_ENDPOINT ?? '', config.TABLE_NAME)
  const services = servicesUntil(clock.now() + 10_000)
  const email = config.ADMIN_EMAIL
  const password = config.ADMIN_PASSWORD ?? `${randomBytes(12).toString('base64url')}-Aa1`
  const isNew = await ensureInstallation(services, { email, password, mustChangePassword: false })
  const isToldOnce = isNew && config.ADMIN_PASSWORD === undefined
  return {
    admin: { email, ...(isToldOnce ? { generatedPassword: password } : {}) },
    corsOrigins: config.CORS_ORIGINS,
  }
}

async function startedBackground(folder: string, scheduleSeconds: number): Promise<{ stop(): Promise<void> }> {
  const { runtime } = await import('#shared/composition/process.ts')
  const { startBackground } = await import('./background.ts')
  const { DYNAMODB_ENDPOINT: endpoint = '', TABLE_NAME: table } = runtime().config
  return startBackground({ folder, endpoint, table, scheduleSeconds })
}

/** @throws Error when another stack is running on the same data */
function lock(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'stack.json')
  if (existsSync(file)) {
    const { pid, mark } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; mark: string }
    if (pid !== process.pid && commandLine(pid).includes(mark)) {
      throw new Error(`Process ${pid} runs Holdfast on ${folder} already. Stop it, or set DATA_DIR.`)
    }
  }
  writeFileSync(file, JSON.stringify({ pid: process.pid, mark: process.argv[1] ?? process.execPath }))
  return () => rmSync(file, { force: true })
}

/** Everything but the lock and the record of an engine that may have to be ended. */
function emptyData(folder: string): void {
  for (const name of [
    'secrets.json',
    'stream.json',
    'queues',
    'mail',
    'workflows',
    'dynamodb.sqlite',
    'dynamodb.sqlite-wal',
    'dynamodb.sqlite-shm',
    'dynamodb-local',
  ]) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** Signing key and secrets of this installation, made once. */
async function ensureSecrets(file: string): Promise<void> {
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await newSecrets()), { mode: 0o600 })
}
