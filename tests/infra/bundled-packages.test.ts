import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as secretsManager from '@aws-sdk/client-secrets-manager'
import * as ses from '@aws-sdk/client-sesv2'
import bcrypt from 'bcryptjs'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { declaredClients } from '#infra/bundling/declared-clients.ts'
import { leanSdk } from '#infra/bundling/lean-sdk.ts'
import { packedData } from '#infra/bundling/packed-data.ts'
import commonPasswords from '#shared/users/common-passwords.json' with { type: 'json' }

type Ses = typeof import('#shared/runtime/ses.ts')
type Sdk = typeof dynamodb & Pick<typeof secretsManager, 'SecretsManagerClient'> & Pick<typeof ses, 'SESv2Client'>

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The exports of a module that was bundled as functions are. */
async function bundled(name: string, contents: string, declared: Parameters<typeof declaredClients>[0]) {
  const outfile = join(folder, `${name}.cjs`)
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    plugins: [declaredClients(declared), leanSdk(), packedData],
    define: { 'import.meta.dirname': '""' },
  })
  return createRequire(import.meta.url)(outfile) as unknown
}

const someNames = 'DynamoDBClient, GetItemCommand, TransactWriteItemsCommand, TransactionCanceledException'
let lean: Sdk
beforeAll(async () => {
  lean = (await bundled(
    'sdk',
    `export { ${someNames} } from '@aws-sdk/client-dynamodb'
     export { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
     export { SESv2Client } from '@aws-sdk/client-sesv2'`,
    ['dynamodb', 'secretsmanager', 'ses'],
  )) as Sdk
})

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }

describe('the SDK as it is bundled', () => {
  const regions = ['eu-central-1', 'us-east-1', 'ap-southeast-7', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1']
  type AnyClient = dynamodb.DynamoDBClient | secretsManager.SecretsManagerClient | ses.SESv2Client
  const hostOf = (client: AnyClient, Region: string) =>
    client.config.endpointProvider({ Region, UseFIPS: false, UseDualStack: false }).url.href

  test.each(regions)('asks in %s where the whole SDK would ask', (region) => {
    for (const [ours, theirs] of [
      [lean.DynamoDBClient, dynamodb.DynamoDBClient],
      [lean.SecretsManagerClient, secretsManager.SecretsManagerClient],
      [lean.SESv2Client, ses.SESv2Client],
    ] as const) {
      expect(hostOf(new ours({ region }), region)).toBe(hostOf(new theirs({ region }), region))
    }
  })

  test('refuses endpoints it does not know', () => {
    const { endpointProvider } = new lean.DynamoDBClient({ region: 'eu-central-1' }).config
    expect(() => endpointProvider({ Region: 'eu-central-1', UseFIPS: true })).toThrow('FIPS')
  })
})

describe('calls of the SDK as it is bundled', () => {
  let server: Server
  let endpoint: string
  let answer: { status: number; body: object }
  let authorization: string | undefined
  let body: string
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      authorization = request.headers.authorization
      body = Buffer.concat(await request.toArray()).toString()
      response.writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify(answer.body))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())
  afterEach(() => vi.unstubAllEnvs())

  const refusal = (name: string, more = {}) => ({
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'so it is', ...more },
  })
  const getItem = () => new lean.GetItemCommand({ TableName: 'table', Key: { pk: { S: 'a' } } })

  test('take credentials, region and endpoint from the environment, and from nowhere else', async () => {
    const elsewhere = join(folder, 'config')
    writeFileSync(elsewhere, '[default]\nregion = xx-file-1\naws_access_key_id = file\naws_secret_access_key = file\n')
    vi.stubEnv('AWS_CONFIG_FILE', elsewhere)
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', elsewhere)
    vi.stubEnv('AWS_REGION', 'eu-west-3')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'environment')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint)
    answer = { status: 200, body: { Item: { pk: { S: 'a' } } } }
    expect((await new lean.DynamoDBClient({}).send(getItem())).Item).toEqual({ pk: { S: 'a' } })
    expect(authorization).toMatch(/Credential=environment\/\d{8}\/eu-west-3\/dynamodb\//)
  })

  test('send mails as SES wants them', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-3')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'environment')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint)
    answer = { status: 200, body: { MessageId: '1' } }
    const { mailer } = (await bundled('ses', `export { mailer } from '#shared/runtime/ses.ts'`, ['ses'])) as Ses
    const [at, to] = ['2026-11-20T12:00:00.000Z', 'jo@example.com']
    await mailer().send({ id: '1', from: 'orders@example.com', to, subject: '№ 1', html: '<p>', text: 'Hello', at })
    expect(authorization).toMatch(/Credential=environment\/\d{8}\/eu-west-3\/ses\//)
    expect(JSON.parse(body)).toMatchObject({
      FromEmailAddress: 'orders@example.com',
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: '№ 1' }, Body: { Html: { Data: '<p>' }, Text: { Data: 'Hello' } } } },
    })
  })

  test('fail without a region, rather than ask for one', async () => {
    vi.stubEnv('AWS_REGION', undefined)
    await expect(new lean.DynamoDBClient({ endpoint, credentials }).send(getItem())).rejects.toThrow(
      'Region is missing',
    )
  })

  test.each(['ThrottlingException', 'BackupInUseException', 'AnErrorOfTomorrow'])(
    'tell a %s by its name',
    async (name) => {
      answer = refusal(name)
      const client = new lean.DynamoDBClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 })
      await expect(client.send(getItem())).rejects.toMatchObject({
        name,
        message: 'so it is',
        $metadata: { httpStatusCode: 400 },
      })
    },
  )

  test('give the reasons of a cancelled transaction', async () => {
    const CancellationReasons = [{ Code: 'ConditionalCheckFailed', Item: { pk: { S: 'a' } } }]
    answer = refusal('TransactionCanceledException', { CancellationReasons })
    const client = new lean.DynamoDBClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 })
    const error = await client.send(new lean.TransactWriteItemsCommand({ TransactItems: [] })).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(lean.TransactionCanceledException)
    expect(error).toMatchObject({ CancellationReasons })
  })
})

test('a client of a service that is not declared says so when it is made', async () => {
  const { DynamoDBClient } = (await bundled(
    'none',
    `export { DynamoDBClient } from '@aws-sdk/client-dynamodb'`,
    [],
  )) as Sdk
  expect(() => new DynamoDBClient({})).toThrow('`uses`')
})

test('the packed list of common passwords unpacks to all of them', async () => {
  const unpacked = (await bundled(
    'passwords',
    `export { commonPasswords } from '#shared/users/common-passwords.ts'`,
    [],
  )) as { commonPasswords: () => string[] }
  expect(unpacked.commonPasswords().toSorted()).toEqual(commonPasswords.toSorted())
})

test('bcrypt with packed tables makes the hashes that bcrypt makes', async () => {
  const { bcrypt: packed } = (await bundled('bcrypt', `export { default as bcrypt } from 'bcryptjs'`, [])) as {
    bcrypt: typeof bcrypt
  }
  for (const [n, secret] of ['', 'secure123', 'é'.repeat(36)].entries()) {
    const salt = `$2b$04$${String(n).repeat(22)}`
    expect(packed.hashSync(secret, salt)).toBe(bcrypt.hashSync(secret, salt))
  }
})
