// On the data of a running stack: runs every job, and what workflows do when a wait has lasted too long.
import { useLocalAdapters } from '#infra/local/background.ts'
import { runningEndpoint } from '#infra/local/engine-record.ts'
import { invokeFunction } from '#infra/local/lambda.ts'
import { useTable } from '#infra/local/stack.ts'
import { adminSecret } from '#shared/aws/admin-secret.ts'
import { runtime } from '#shared/composition/process.ts'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import type { BackgroundFunction } from '#shared/runtime/function-definition.ts'
import { machines } from '#shared/workflows/machines.ts'
import { adminPassword } from './local-stack.ts'
import { bounced } from './mail-events.ts'
import { expectStatus, newPerson, newProduct, signInAdmin } from './people.ts'
import './local-credentials.ts'

const { DATA_DIR: dataFolder = '', BASE_URL: baseUrl = '' } = process.env

useTable(dataFolder, runningEndpoint(dataFolder))
const files = useLocalAdapters(dataFolder)
adminSecret.replace({ name: 'nowhere', email: async () => 'unused@example.com', show: async () => undefined })
const { clock } = runtime()
clock.now = () => Date.now() + 2 * 60_000

const run = ({ file, timeoutSeconds }: BackgroundFunction, input: object) => invokeFunction(file, input, timeoutSeconds)

const admin = await signInAdmin(baseUrl, adminPassword)
const [sku, soldOut] = [await newProduct(admin, { stock: 1 }), await newProduct(admin)]
const order = async (of: string) => {
  const body = { lines: [{ sku: of, quantity: 1 }], reserve_for_minutes: 1 }
  return { order_id: expectStatus(await admin.createOrder({ body }), 201).id, sequence: 2 }
}
await run(machines.fulfilment.tasks.handleOverdue, await order(sku))
await run(machines.recovery.tasks.handOver, await order(soldOut))

const customer = await newPerson(baseUrl, admin)
const event = { detail: bounced(customer.tokens.user_info.email, new Date(clock.now()).toISOString()) }
const recordBounces = subscriptions['record-bounces']
if (!recordBounces) throw new Error('There is no consumer of bounces')
await run(recordBounces, { Records: [{ messageId: '1', body: JSON.stringify(event) }] })

await files.send(relayDeadLetters, JSON.stringify({ moved: sku }))
for (const job of namedJobs) await run(job, {})

// Connections to the engine are kept open for further calls.
process.exit(0)
