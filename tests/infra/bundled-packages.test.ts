import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as eventBridge from '@aws-sdk/client-eventbridge'
import * as secretsManager from '@aws-sdk/client-secrets-manager'
import * as ses from '@aws-sdk/client-sesv2'
import * as sfn from '@aws-sdk/client-sfn'
import * as sqs from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { servicesOf } from '#infra/bundling/declared-clients.ts'
import { deployedFunctions } from '#infra/deployed-functions.ts'
import manifest from '#package' with { type: 'json' }
import { bundled } from './bundled.ts'

type Ses = typeof import('#shared/aws/ses.ts')

/** The clients that functions use, all of them. */
const clients = {
  DynamoDBClient: dynamodb.DynamoDBClient,
  EventBridgeClient: eventBridge.EventBridgeClient,
  SecretsManagerClient: secretsManager.SecretsManagerClient,
  SESv2Client: ses.SESv2Client,
  SFNClient: sfn.SFNClient,
  SQSClient: sqs.SQSClient,
}
type Sdk = typeof dynamodb & typeof clients

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
afterAll(() => rmSync(folder, { recursive: true }))

const someNames = 'DynamoDBClient, GetItemCommand, TransactWriteItemsCommand, TransactionCanceledException'
let lean: Sdk
beforeAll(async () => {
  lean = (await bundled(
    `export { ${someNames} } from '@aws-sdk/client-dynamodb'
     export { EventBridgeClient } from '@aws-sdk/client-eventbridge'
     export { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
     export { SESv2Client } from '@aws-sdk/client-sesv2'
     export { SQSClient } from '@aws-sdk/client-sqs'
     export { SFNClient } from '@aws-sdk/client-sfn'`,
    servicesOf(deployedFunctions.flatMap(({ uses }) => uses)),
  )) as Sdk
})

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }

describe('the bundled SDK', () => {
  const regions = ['eu-central-1', 'us-east-1', 'ap-southeast-7', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1']
  type Asking = new (options: object) => { config: { endpointProvider(parameters: object): { url: URL } } }
  const hostOf = (client: Asking, Region: string) =>
    new client({ region: Region }).config.endpointProvider({ Region, UseFIPS: false, UseDualStack: false }).url.href

  test.each(regions)('sends requests in %s where the whole SDK would send them', (region) => {
    for (const [name, whole] of Object.entries(clients)) {
      expect(hostOf(lean[name as keyof typeof clients], region)).toBe(hostOf(whole, region))
    }
  })

  test('is compared for every client that functions use', () => {
    const { dependencies } = manifest
    const used = Object.keys(dependencies).filter((name) => name.startsWith('@aws-sdk/client-'))
    expect(used).toHaveLength(Object.keys(clients).length)
  })

  test('refuses endpoints it does not know', () => {
    const { endpointProvider } = new lean.DynamoDBClient({ region: 'eu-central-1' }).config
    expect(() => endpointProvider({ Region: 'eu-central-1', UseFIPS: true })).toThrow('FIPS')
  })
})

describe('calls of the bundled SDK', () => {
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

  test('take credentials, region and endpoint only from the environment', async () => {
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

  test('send mails in the form SES expects', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-3')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'environment')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint)
    answer = { status: 200, body: { MessageId: '1' } }
    const { mailer } = (await bundled(`export { mailer } from '#shared/aws/ses.ts'`, ['ses'])) as Ses
    const [at, to] = ['2026-11-20T12:00:00.000Z', 'jo@example.com']
    await mailer().send({ id: '1', from: 'orders@example.com', to, subject: '№ 1', html: '<p>', text: 'Hello', at })
    expect(authorization).toMatch(/Credential=environment\/\d{8}\/eu-west-3\/ses\//)
    expect(JSON.parse(body)).toMatchObject({
      FromEmailAddress: 'orders@example.com',
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: '№ 1' }, Body: { Html: { Data: '<p>' }, Text: { Data: 'Hello' } } } },
    })
  })

  test('fail without a region', async () => {
    vi.stubEnv('AWS_REGION', undefined)
    await expect(new lean.DynamoDBClient({ endpoint, credentials }).send(getItem())).rejects.toThrow(
      'Region is missing',
    )
  })

  test.each(['ThrottlingException', 'BackupInUseException', 'AnErrorOfTomorrow'])(
    'recognise a %s by its name',
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

  test('report the reasons of a cancelled transaction', async () => {
    const CancellationReasons = [{ Code: 'ConditionalCheckFailed', Item: { pk: { S: 'a' } } }]
    answer = refusal('TransactionCanceledException', { CancellationReasons })
    const client = new lean.DynamoDBClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 })
    const error = await client.send(new lean.TransactWriteItemsCommand({ TransactItems: [] })).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(lean.TransactionCanceledException)
    expect(error).toMatchObject({ CancellationReasons })
  })
})
