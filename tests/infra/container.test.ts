import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { LocalEnvironment } from '#infra/local/environment.ts'
import manifest from '#package' with { type: 'json' }
import { routes } from '#shared/api/routes.ts'
import { Environment, readSettings } from '#shared/runtime/config.ts'
import { functionTimeoutSeconds } from '#shared/runtime/function-definition.ts'

const root = join(import.meta.dirname, '../..')
const dockerfile = readFileSync(join(root, 'infra/local/Dockerfile'), 'utf8')

/** The parts that the tests read; `docker compose config` checks whether the rest is well-formed. */
const Compose = z.object({
  services: z.object({
    holdfast: z.looseObject({
      build: z.object({ context: z.string(), dockerfile: z.string() }),
      platform: z.string(),
      environment: z.record(z.string(), z.nullable(z.string())),
      ports: z.array(z.string()),
      volumes: z.array(z.string()),
      healthcheck: z.looseObject({ test: z.tuple([z.literal('CMD'), z.literal('node'), z.literal('-e'), z.string()]) }),
      stop_grace_period: z.string(),
    }),
  }),
  volumes: z.record(z.string(), z.unknown()),
})
const folder = join(root, 'infra/local')
const { services, volumes } = Compose.parse(parse(readFileSync(join(folder, 'compose.yaml'), 'utf8')))
const { holdfast } = services
const settings = readSettings(LocalEnvironment, {
  HOST: holdfast.environment['HOST'] ?? '',
  PORT: holdfast.environment['PORT'] ?? '',
})

const instructions = (name: string): string[] =>
  [...dockerfile.matchAll(new RegExp(`^${name} (.+)$`, 'gm'))].map(([, rest]) => rest ?? '')

test('the container has Node as in package.json, on a system the engine supports', () => {
  expect(instructions('FROM')).toEqual([`node:${manifest.devDependencies.node}-bookworm-slim`])
  expect(Object.keys(manifest.optionalDependencies)).toEqual(['@dynoxide/linux-x64'])
  expect(holdfast.platform).toBe('linux/amd64')
})

test('the container runs npm start, not as root, on the files of the repository', () => {
  expect(instructions('CMD')).toEqual(['["npm", "start"]'])
  expect(instructions('USER')).toEqual(['node'])
  expect(join(folder, holdfast.build.context, holdfast.build.dockerfile)).toBe(join(folder, 'Dockerfile'))
  const copied = instructions('COPY').flatMap((line) => line.split(' ').slice(0, -1))
  expect(copied.filter((file) => !existsSync(join(root, file)))).toEqual([])
  const imported = Object.values(manifest.imports).map((path) => path.replace(/^\.\/|\/\*$/g, ''))
  expect(copied).toEqual(expect.arrayContaining(imported.filter((path) => path !== 'tests')))
  expect(instructions('RUN')[0]).toMatch(/^npm run prestart\b/)
  expect(copied).toContain(manifest.scripts.prestart.split(' ').at(-1))
})

test('the container’s port is the default one, published on loopback only', () => {
  const usual = readSettings(LocalEnvironment, {})
  expect(settings.PORT).toBe(usual.PORT)
  expect(holdfast.ports).toEqual([`${usual.HOST}:${usual.PORT}:${settings.PORT}`])
  expect(settings.HOST).toBe('0.0.0.0')
})

test('the container is healthy when the API is ready', () => {
  const [, , , script] = holdfast.healthcheck.test
  expect(script).toContain(`'http://127.0.0.1:${settings.PORT}${routes.getReadiness.path}'`)
})

test('the container’s data is on a volume it may write', () => {
  const data = holdfast.environment['DATA_DIR']
  expect(holdfast.volumes).toEqual(Object.keys(volumes).map((name) => `${name}:${data}`))
  expect(instructions('RUN')).toContain(`mkdir ${data} && chown node:node ${data}`)
})

test('the container’s settings exist', () => {
  const known = [...Object.keys(LocalEnvironment.shape), ...Object.keys(Environment.shape)]
  const given = Object.keys(holdfast.environment).filter((name) => !name.startsWith('npm_config_'))
  expect(given.filter((name) => !known.includes(name))).toEqual([])
})

test('the container has time to answer the requests in flight when it stops', () => {
  expect(Number(/^(\d+)s$/.exec(holdfast.stop_grace_period)?.[1])).toBeGreaterThan(2 * functionTimeoutSeconds)
})
