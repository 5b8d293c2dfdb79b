import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { buildBundles, bundleFolder } from '#infra/bundling/bundles.ts'
import { proxyEvent } from '#infra/local/gateway-event.ts'
import { authorizerFile, functionFile } from '#shared/api/operations.ts'
import { routes } from '#shared/api/routes.ts'
import { type SecretName, secretId } from '#shared/runtime/secrets.ts'
import { type LocalStack, startLocalStack } from '#tests/support/local-stack.ts'
import { newKey } from '#tests/support/people.ts'
import { openShop, stocked } from './shop.ts'

/** CPU time, ms. */
interface Cost {
  load: number
  call: number
  /** CPU time of the whole process, including Node's own start. */
  total: number
}

/** A handler to start cold. */
interface Subject {
  bundle: string
  event: () => object
  /** Whether it did its work: a fast failure does not count. */
  accepts: (answer: Record<string, unknown>) => boolean
}

const prefix = 'holdfast/cold'
const rounds = Number(process.env['ROUNDS'] ?? 11)
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** The text of this function runs in a process of its own: loads a bundle, calls it once and reports the cost. */
async function coldStart(): Promise<void> {
  const [, bundle = '', event = ''] = process.argv
  const used = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  const started = used()
  const { handler } = require(bundle)
  const loaded = used()
  const endsAt = Date.now() + 10_000
  const answer = await handler(JSON.parse(event), {
    functionName: 'cold',
    awsRequestId: 'cold',
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  })
  const total = used()
  process.stderr.write(JSON.stringify({ cost: { load: loaded - started, call: total - loaded, total }, answer }))
  process.exit()
}

async function start({ bundle, event, accepts }: Subject, env: Record<string, string>): Promise<Cost> {
  const args = ['--input-type=commonjs', '-e', `(${coldStart})()`, bundle, JSON.stringify(event())]
  const { stderr } = await promisify(execFile)(process.execPath, args, { env })
  const { cost, answer } = JSON.parse(stderr) as { cost: Cost; answer: Record<string, unknown> }
  if (!accepts(answer)) throw new Error(`${bundle} answered ${JSON.stringify(answer)}`)
  return cost
}

/** Serves the secrets of a local stack, as Secrets Manager does. */
async function startSecretsManager(file: string): Promise<Server> {
  const secrets = JSON.parse(readFileSync(file, 'utf8'))
  const names = Object.keys(secrets) as SecretName[]
  const server = createServer(async (request, response) => {
    const { SecretId } = (await json(request)) as { SecretId: string }
    const name = names.find((one) => secretId(prefix, one) === SecretId)
    response.setHeader('Content-Type', 'application/x-amz-json-1.1')
    response.end(JSON.stringify({ SecretString: JSON.stringify(secrets[name ?? '']) }))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return server
}

/** The environment of a deployed function. */
const environmentOn = (stack: LocalStack, secretsManager: Server): Record<string, string> => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL: `http://127.0.0.1:${(secretsManager.address() as AddressInfo).port}`,
  DYNAMODB_ENDPOINT: stack.endpoint,
  SECRETS_PREFIX: prefix,
})

/** Outside this package, which is one of ES modules: on AWS the bundle is alone. */
function installed(file: string, folder: string): string {
  const copy = join(folder, file)
  cpSync(bundleFolder(file), copy, { recursive: true })
  return join(copy, 'index.js')
}

async function subjectsOn(stack: LocalStack, folder: string): Promise<Record<string, Subject>> {
  const shop = await openShop(stack)
  const { tokens, id } = shop.customer
  const sku = await stocked(shop, rounds)
  const createOrder = (): object => {
    const headers = Object.entries({ ...newKey(), 'Content-Type': 'application/json' }).flat()
    const body = Buffer.from(JSON.stringify({ lines: [{ sku, quantity: 1 }] }))
    const { method, path } = routes.createOrder
    const request = {
      method,
      path,
      search: '',
      rawHeaders: headers,
      body,
      remoteAddress: '127.0.0.1',
      requestId: 'cold',
    }
    const event = proxyEvent(request, { resource: path, variables: {} })
    const [sid = ''] = tokens.refresh_token.split('.')
    const exp = String(Math.floor(Date.now() / 1000) + 900)
    event.requestContext.authorizer = { sub: id, sid, epoch: '0', role: 'user', must_change_password: 'false', exp }
    return event
  }
  const bare = join(folder, 'bare.js')
  writeFileSync(bare, 'exports.handler = async () => ({ statusCode: 200 })')
  return {
    'bare Node': { bundle: bare, event: () => ({}), accepts: ({ statusCode }) => statusCode === 200 },
    authorizer: {
      bundle: installed(authorizerFile, folder),
      event: () => ({
        headers: { Authorization: `Bearer ${tokens.access_token}` },
        methodArn: 'arn:aws:execute-api:local:000000000000:local/local/GET/orders',
      }),
      accepts: ({ principalId }) => principalId === id,
    },
    'create an order': {
      bundle: installed(functionFile({ operation: 'createOrder', route: routes.createOrder }), folder),
      event: createOrder,
      accepts: ({ statusCode, body }) => statusCode === 201 && String(body).includes('"RESERVED"'),
    },
  }
}

function report(costs: Map<string, Cost[]>): void {
  const bare = costs.get('bare Node') ?? []
  const bareTotal = median(bare.map(({ total }) => total))
  const column = (value: number) => value.toFixed(1).padStart(10)
  process.stdout.write(`CPU time of a cold start, ms, median of ${rounds}\n`)
  process.stdout.write('                        all  above bare     ratio      load  first call\n')
  for (const [name, all] of costs) {
    const total = median(all.map((cost) => cost.total))
    // Compared with the bare process that ran just before: a machine under load slows both.
    const above = median(all.map((cost, round) => cost.total - (bare[round]?.total ?? 0)))
    const columns = [
      total,
      above,
      total / bareTotal,
      median(all.map(({ load }) => load)),
      median(all.map(({ call }) => call)),
    ]
    process.stdout.write(`${name.padEnd(17)}${columns.map(column).join('')}\n`)
  }
}

await buildBundles()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
const stack = await startLocalStack({ environment: { LOG_LEVEL: 'ERROR' } })
const secretsManager = await startSecretsManager(join(stack.dataFolder, 'secrets.json'))
try {
  const subjects = await subjectsOn(stack, folder)
  const environment = environmentOn(stack, secretsManager)
  const costs = new Map<string, Cost[]>(Object.keys(subjects).map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, subject] of Object.entries(subjects)) costs.get(name)?.push(await start(subject, environment))
  }
  report(costs)
} finally {
  secretsManager.close()
  await stack.stop()
  rmSync(folder, { recursive: true })
}
