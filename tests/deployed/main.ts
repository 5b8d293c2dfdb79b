import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cdk, deploy } from '#infra/emulator/deployment.ts'
import { startEmulator } from '#infra/emulator/emulator.ts'
import { run } from '#infra/emulator/run.ts'
import { createClient } from '#shared/api/client.ts'
import { adminPassword } from '#tests/support/local-stack.ts'
import { expectStatus, newProduct, type Person, signInAdmin } from '#tests/support/people.ts'

/** Own port, so that `npm run deploy:local` may run beside it. */
const port = Number(process.env['EMULATOR_PORT'] ?? 4567)
const root = join(import.meta.dirname, '../..')
const startedAt = Date.now()
const report = (line: string) => process.stdout.write(`${((Date.now() - startedAt) / 1000).toFixed(0)} s  ${line}\n`)

/** The first password is good for one thing. */
async function changeFirstPassword(baseUrl: string, first: string): Promise<void> {
  const admin = await signInAdmin(baseUrl, first)
  const refused = await admin.listOrders()
  if (refused.status !== 403) throw new Error(`The first password opens more than it should: ${refused.status}`)
  const body = { current_password: first, new_password: adminPassword }
  expectStatus(await admin.changePassword({ body }), 204)
}

/** The gateway's source address has to arrive, and the log of attempts has to be writable. */
async function assertLimited(baseUrl: string): Promise<void> {
  const statuses: number[] = []
  for (let n = 0; n < 6; n += 1) {
    statuses.push((await createClient({ baseUrl }).logIn({ body: { username: 'nobody', password: 'wrong' } })).status)
  }
  if (statuses.join() !== '401,401,401,401,401,429') throw new Error(`Failed logins are answered with ${statuses}`)
}

/** Stream, relay, bus, queue and SES have to hand on what happened, each with no more rights than it declares. */
async function assertMailed(endpoint: string, admin: Person): Promise<void> {
  const { id } = expectStatus(await admin.createSimulatedOrder({ body: { success: true } }), 201)
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const sent = await (await fetch(`${endpoint}/_ministack/ses/messages`)).text()
    if (sent.includes(id)) return
    if (Date.now() > giveUpAt) throw new Error(`No mail tells of ${id}: ${sent}`)
    await delay(200)
  }
}

const emulator = await startEmulator(join(root, '.local'), port)
try {
  report('an empty AWS that enforces IAM')
  const { baseUrl, adminPassword: first, metricsToken } = await deploy(emulator.endpoint)
  report(`deployed: ${baseUrl}`)
  expectStatus(await createClient({ baseUrl }).getReadiness(), 200)
  await changeFirstPassword(baseUrl, first)
  const admin = await signInAdmin(baseUrl, adminPassword)
  const sku = await newProduct(admin, { stock: 7 })
  await assertMailed(emulator.endpoint, admin)
  report('an order is mailed')

  await run('npx', ['vitest', 'run', '--project', 'api'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, BASE_URL: baseUrl, ADMIN_PASSWORD: adminPassword, METRICS_TOKEN: metricsToken },
  })
  report('the acceptance tests pass')

  await cdk(emulator.endpoint, 'diff', '--fail')
  report('cdk diff finds no difference')

  process.env['RATE_LIMIT_REQUESTS'] = '5'
  process.env['BUNDLE_BANNER'] = `/* redeployed ${startedAt} */`
  await cdk(emulator.endpoint, 'deploy', '--all', '--require-approval', 'never')
  const again = await signInAdmin(baseUrl, adminPassword)
  const { available } = expectStatus(await again.getStock({ params: { sku } }), 200)
  if (available !== 7) throw new Error(`The redeployment changed the stock: ${available}`)
  report('a redeployment with other code keeps data, keys and the admin')
  await assertLimited(baseUrl)
  report('failed logins are limited')
} finally {
  await emulator.stop()
}
