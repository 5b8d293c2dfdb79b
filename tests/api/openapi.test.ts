import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import * as z from 'zod/mini'
import { bodyTypesOf, errorsOf, isConditionalRead, isConditionalWrite } from '#shared/api/contract.ts'
import { methodsOf, operations } from '#shared/api/operations.ts'
import { keyRolesFor } from '#shared/api/roles.ts'
import { problems } from '#shared/requests/refusal.ts'

const baseUrl = inject('baseUrl')

const Link = z.object({ operationId: z.string(), parameters: z.record(z.string(), z.string()) })
const OperationObject = z.object({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean() })),
  requestBody: z.optional(
    z.object({ content: z.record(z.string(), z.looseObject({ examples: z.record(z.string(), z.unknown()) })) }),
  ),
  responses: z.record(
    z.string(),
    z.looseObject({ description: z.string(), links: z.optional(z.record(z.string(), Link)) }),
  ),
})
const Description = z.looseObject({
  openapi: z.literal('3.1.0'),
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), OperationObject)),
})

let text: string
let description: z.infer<typeof Description>
const folder = mkdtempSync(join(tmpdir(), 'holdfast-openapi-'))
beforeAll(async () => {
  const answer = await fetch(`${baseUrl}/openapi.json`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
  text = await answer.text()
  description = Description.parse(JSON.parse(text))
})
afterAll(() => rmSync(folder, { recursive: true }))

const ruleset = { extends: ['recommended'] }

/** The linter's exit code and report for a description. */
function lint(document: string): Promise<{ code: number; report: string }> {
  const [file, config] = [join(folder, 'openapi.json'), join(folder, 'redocly.yaml')]
  writeFileSync(file, document)
  writeFileSync(config, JSON.stringify(ruleset))
  const program = fileURLToPath(import.meta.resolve('@redocly/cli/bin/cli.js'))
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  return new Promise((linted) => {
    const args = [program, 'lint', file, '--config', config, '--format', 'json']
    execFile(process.execPath, args, { env, maxBuffer: 1e7 }, (error, stdout) =>
      linted({ code: error ? Number(error.code) : 0, report: stdout }),
    )
  })
}

const Report = z.object({
  totals: z.object({ errors: z.int(), warnings: z.int() }),
  problems: z.array(z.object({ ruleId: z.string(), message: z.string() })),
})
const reportIn = (stdout: string) => Report.parse(JSON.parse(stdout.slice(stdout.indexOf('{'))))

describe('the OpenAPI description', () => {
  test('passes the Redocly linter without an error or a warning', async () => {
    const { code, report } = await lint(text)
    expect(reportIn(report)).toMatchObject({ totals: { errors: 0, warnings: 0 }, problems: [] })
    expect(code).toBe(0)
  })

  test('fails the linter when a fault is added', async () => {
    const { code, report } = await lint(text.replace('"operationId":"logIn"', '"operationId":"register"'))
    expect(code).not.toBe(0)
    expect(reportIn(report).problems).toMatchObject([{ ruleId: 'operation-operationId-unique' }])
  })

  test('refers only to what it contains, and contains nothing unused', () => {
    const referred = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target))
    const { schemas } = z.object({ schemas: z.record(z.string(), z.unknown()) }).parse(description['components'])
    const present = Object.keys(schemas).map((name) => `#/components/schemas/${name}`)
    expect([...referred].sort()).toEqual(present.sort())
  })

  test('shows a body wherever one is accepted, and links to operations that exist', () => {
    const described = Object.values(description.paths).flatMap((methods) => Object.values(methods))
    const ids = described.map(({ operationId }) => operationId)
    for (const { operationId, requestBody, responses } of described) {
      const shown = Object.values(requestBody?.content ?? {}).map(({ examples }) => Object.keys(examples).length)
      expect(
        shown.filter((count) => count === 0),
        operationId,
      ).toEqual([])
      for (const links of Object.values(responses).flatMap((response) => Object.values(response.links ?? {}))) {
        expect(ids).toContain(links.operationId)
      }
    }
    const created = description.paths['/orders']?.['post']?.responses['201']?.links
    expect(created?.['shipOrder']).toEqual({ operationId: 'shipOrder', parameters: { id: '$response.body#/id' } })
  })

  test('has every operation of the route table and no other', () => {
    const described = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const routed = operations.flatMap(({ route }) => methodsOf(route).map((method) => `${method} ${route.path}`))
    expect(described.sort()).toEqual(routed.sort())
  })

  test.each(operations)('documents the input, access and answers of $operation', ({ operation, route }) => {
    for (const method of methodsOf(route)) {
      const described = description.paths[route.path]?.[method.toLowerCase()]
      const codes = [...errorsOf(route)]
      const current = isConditionalRead(route) ? [304] : []
      const statuses = [route.success.status, ...current, ...codes.map((code) => problems[code].status)].map(String)
      expect(Object.keys(described?.responses ?? {}).sort()).toEqual([...new Set(statuses)].sort())
      for (const code of codes) {
        expect(described?.responses[problems[code].status]?.description).toContain(`\`${code}\``)
      }
      const optional = route.access === 'public' && route.bearer ? ['none'] : []
      const token = route.access !== 'public' || route.bearer ? ['bearer'] : []
      const key = keyRolesFor(route).length > 0 ? ['apiKey'] : []
      const alternatives = described?.security.map((scheme) => Object.keys(scheme)[0] ?? 'none')
      expect(alternatives).toEqual([...optional, ...token, ...key])
      expect(Object.keys(described?.requestBody?.content ?? {})).toEqual(route.body ? bodyTypesOf(route, method) : [])
      const names = described?.parameters.map((parameter) => parameter.name)
      const keys = [route.params, route.query].flatMap((schema) => Object.keys(schema?.shape ?? {}))
      const headers = [
        ...(route.idempotency ? ['Idempotency-Key'] : []),
        ...(isConditionalRead(route) ? ['If-None-Match'] : []),
        ...(isConditionalWrite(route) ? ['If-Match'] : []),
      ]
      expect(names).toEqual([...keys, ...headers])
      const refusedBody = described?.responses['415']?.['headers']
      if (route.body) expect(refusedBody).toHaveProperty('Accept-Encoding')
      expect(described?.operationId.startsWith(operation)).toBe(true)
    }
  })
})

describe('the documentation page', () => {
  const get = (path: string) => fetch(`${baseUrl}${path}`)

  test('loads everything it needs from this API', async () => {
    const page = await get('/docs')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const html = await page.text()
    const wanted = [...html.matchAll(/(?:src|href|data-description)="([^"]+)"/g)]
      .map(([, address = '']) => address)
      .filter((address) => !address.startsWith('data:'))
    expect(wanted.length).toBeGreaterThanOrEqual(4)
    for (const address of wanted) {
      // Relative to the page, so that nothing depends on where the API is mounted.
      expect(address).toMatch(/^(docs\/)?[a-z]/)
      const asset = await fetch(new URL(address, page.url))
      expect(asset.status, address).toBe(200)
      expect((await asset.text()).length, address).toBeGreaterThan(50)
    }
    expect(html).toContain('data-description="openapi.json"')
    expect(await (await get('/docs/')).text()).toContain('data-description="../openapi.json"')
  })

  test.each([
    ['swagger-ui.css', 'text/css; charset=utf-8'],
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['start.js', 'text/javascript; charset=utf-8'],
  ])('serves %s with its media type, and allows caching', async (asset, type) => {
    const { headers } = await get(`/docs/${asset}`)
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([type, 'public, max-age=300'])
  })

  test.each(['package.json', 'index.html', '..%2f..%2fpackage.json', '..%2F..%2F.local%2Fsecrets.json', '%2e%2e%2fx'])(
    'does not serve %s',
    async (asset) => {
      expect((await get(`/docs/${asset}`)).status).toBe(404)
    },
  )
})
