import { BatchWriteItemCommand, DynamoDBClient, ScanCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { cdk, clientOptions, type Deployment, deployStacks } from '#infra/emulator/deployment.ts'
import { ensureTable } from '#infra/local/table.ts'
import { clientsFor } from '#infra/preflight/clients.ts'
import { hasErrors, linesOf } from '#infra/preflight/finding.ts'
import { readInstallation } from '#infra/preflight/installation.ts'
import { ownTable } from '#infra/preflight/plan.ts'
import { preflight } from '#infra/preflight/preflight.ts'
import { stageOf } from '#infra/stages.ts'
import { tableDefinition } from '#shared/dynamodb/table.ts'
import { expectStatus, newProduct, type Person, signInAdmin } from '#tests/support/people.ts'
import '#tests/support/local-credentials.ts'
import { onInstallation, print, report } from './installation.ts'
import { expectMail } from './mails.ts'

/**
 * `npm run prove:adoption`: moves an installation to a copy of its table, deletes it, and deploys it again with the copy, as the
 * runbook says.
 */
const stage = stageOf('emulator')
const copy = 'holdfast-restored'

await onInstallation(
  () => undefined,
  async ({ endpoint, baseUrl, adminPassword }) => {
    const admin = await signInAdmin(baseUrl, adminPassword)
    const sku = await newProduct(admin, { stock: 7 })
    await copyTable(endpoint)
    const later = await newProduct(admin, { stock: 1 })
    report('the table has a copy of an earlier moment')

    const restored = await deployAgain(endpoint, { runs: 2, table: copy })
    const after = await signInAdmin(restored.baseUrl, adminPassword)
    await expectStock(after, sku)
    expectStatus(await after.getProduct({ params: { sku: later } }), 404)
    await expectMail(endpoint, after)
    report('the installation works on the copy, and its changes are relayed')

    const kept = await deployAgain(endpoint, { runs: 1 })
    await expectStock(await signInAdmin(kept.baseUrl, adminPassword), sku)
    report('a later deployment stays with the copy')

    await cdk(endpoint, 'destroy', '--all', '--force')
    const recreated = await deployAgain(endpoint, { runs: 1, table: copy })
    await expectStock(await signInAdmin(recreated.baseUrl, adminPassword), sku)
    report('a deployment after destroy has adopted the copy')
  },
)

/** What `npm run deploy` does, after a preflight without errors. */
async function deployAgain(endpoint: string, { runs: expected, table }: { runs: number; table?: string }) {
  const { findings, runs } = await preflight(clientsFor(clientOptions(endpoint)), stage, table)
  for (const line of linesOf(findings)) print(`     ${line}`)
  if (hasErrors(findings)) throw new Error('The preflight found an error')
  const planned = runs()
  if (planned.length !== expected) throw new Error(`Planned runs: ${JSON.stringify(planned)}`)
  let deployment: Deployment | undefined
  for (const args of planned) deployment = await deployStacks(endpoint, args)
  return deployment ?? Promise.reject(new Error('Nothing was deployed'))
}

async function expectStock(admin: Person, sku: string): Promise<void> {
  const { available } = expectStatus(await admin.getStock({ params: { sku } }), 200)
  if (available !== 7) throw new Error(`The copy has another stock: ${available}`)
}

/** What a restore to an earlier moment leaves, after its stream and its expiry were enabled. */
async function copyTable(endpoint: string): Promise<void> {
  const client = new DynamoDBClient(clientOptions(endpoint))
  const own = ownTable(await readInstallation(clientsFor(clientOptions(endpoint)), stage), stage)
  await ensureTable(endpoint, copy)
  const TimeToLiveSpecification = { Enabled: true, AttributeName: tableDefinition.timeToLive }
  await client.send(new UpdateTimeToLiveCommand({ TableName: copy, TimeToLiveSpecification }))
  const { Items = [], LastEvaluatedKey } = await client.send(new ScanCommand({ TableName: own }))
  if (Items.length === 0 || LastEvaluatedKey) throw new Error('The table is empty, or too large for this script')
  while (Items.length > 0) {
    const RequestItems = { [copy]: Items.splice(0, 25).map((Item) => ({ PutRequest: { Item } })) }
    await client.send(new BatchWriteItemCommand({ RequestItems }))
  }
}
