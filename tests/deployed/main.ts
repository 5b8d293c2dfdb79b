import { randomUUID } from 'node:crypto'
import { cdk } from '#infra/emulator/deployment.ts'
import { createClient } from '#shared/api/client.ts'
import {
  expectStatus,
  newKey,
  newProduct,
  newProgram,
  type Person,
  password,
  signIn,
  signInAdmin,
} from '#tests/support/people.ts'
import { runReadmeOrder } from '#tests/support/readme.ts'
import { UsedGrants } from '#tests/support/used-grants.ts'
import { expectCrossOriginAnswers } from './cross-origin.ts'
import { watchErasure } from './erasure.ts'
import { onInstallation, print, report, runAcceptanceTests } from './installation.ts'
import { runJobs } from './jobs.ts'
import { rotateKeysOnce } from './key-rotation.ts'
import { expectMail } from './mails.ts'
import { recoverAdmin } from './recovered-admin.ts'
import { expectReturnedMail } from './returned-mails.ts'
import { watchSchedule } from './schedule.ts'
import { expectWorkflows, watchTimeouts } from './workflows.ts'

/** `npm run test:deployed`: the acceptance tests and what else a deployment promises, against a real one. */
const grants = new UsedGrants()

await onInstallation(grants.add, async (installation) => {
  const { baseUrl, adminPassword, endpoint } = installation
  expectStatus(await createClient({ baseUrl }).getReadiness(), 200)
  print(await runReadmeOrder(baseUrl, adminPassword))
  report('that was the order of README, from its registration to DELIVERED')

  const admin = await signInAdmin(baseUrl, adminPassword)
  const sku = await newProduct(admin, { stock: 7 })
  const program = await newProgram(baseUrl, admin, { role: 'integration' })
  await expectMail(endpoint, admin)
  report('an order is mailed')
  await expectReturnedMail(installation, admin)
  report('a bounce stops mails to its address')

  await expectWorkflows(installation, admin)
  report('workflows take orders to their delivery, end with a cancel, and wait for stock')

  const timedOut = await watchTimeouts(installation, admin)
  const scheduled = await watchSchedule(admin)
  const erased = await watchErasure(installation, admin)
  await runAcceptanceTests(installation)
  report('the acceptance tests pass')
  await timedOut()
  report('a reservation has expired, and an order that found no stock was left for staff')
  await scheduled()
  report('the schedule has processed a simple order')
  await erased()
  report('an order of a person who was erased has nothing personal left')

  await expectCrossOriginAnswers(baseUrl)
  report('a browser of another origin can read what the gateway itself answers')

  await rotateKeysOnce(installation)
  report('a rotation adds a key and keeps every session')

  await runJobs(installation, sku)
  report('every job runs, and a dead letter is done with')

  await recoverAdmin(installation)
  report('an operator has recovered the first admin')

  await cdk(endpoint, 'diff', '--fail')
  report('cdk diff finds no difference')

  process.env['RATE_LIMIT_REQUESTS'] = '5'
  process.env['BUNDLE_BANNER'] = `/* redeployed ${Date.now()} */`
  await cdk(endpoint, 'deploy', '--all', '--require-approval', 'never')
  const again = await signInAdmin(baseUrl, adminPassword)
  const { available } = expectStatus(await again.getStock({ params: { sku } }), 200)
  if (available !== 7) throw new Error(`The redeployment changed the stock: ${available}`)
  const { keys } = expectStatus(await again.getJwks(), 200)
  if (keys.length !== 2) throw new Error(`The redeployment changed the keys: ${keys.length}`)
  expectStatus(await program.listOrders(), 200)
  expectStatus(await again.revokeApiKey({ params: { id: program.id } }), 204)
  expectStatus(await program.listOrders(), 401)
  report('a redeployment with other code keeps data, keys and the admin; an API key ends when it is revoked')
  await useLimitedOperations(baseUrl, again)
  await expectLimitedLogins(baseUrl)
  report('operations charge their budgets, and failed logins are limited')

  const { lines, wrong } = grants.compare()
  for (const line of lines) print(line)
  if (wrong.length > 0) throw new Error(`Used and granted actions differ:\n${wrong.join('\n')}`)
  report('every granted action was used, or has a reason')
})

/** Calls what is charged to a budget or counted, which the acceptance tests do with limits switched off. */
async function useLimitedOperations(baseUrl: string, admin: Person): Promise<void> {
  const email = `${randomUUID()}@example.com`
  const anyone = createClient({ baseUrl })
  const key = newKey()
  expectStatus(await anyone.register({ body: { email, password }, headers: key }), 201)
  // A repeat with another password counts as a failed login.
  expectStatus(await anyone.register({ body: { email, password: `not ${password}` }, headers: key }), 422)
  const customer = await signIn(baseUrl, email, password)
  const { id } = expectStatus(await customer.createSimulatedOrder({ body: { success: true } }), 201)
  expectStatus(await customer.updateOrder({ params: { id }, body: { note: 'Ring twice' } }), 200)
  expectStatus(
    await customer.simulateReservation({ body: { lines: [{ sku: `unknown-${id.slice(-8)}`, quantity: 1 }] } }),
    422,
  )
  expectStatus(await anyone.requestPasswordReset({ body: { email } }), 202)
  const newEmail = `${randomUUID()}@example.com`
  expectStatus(await customer.changeEmail({ body: { email: newEmail, current_password: password } }), 202)
  // The last one is refused, and who was refused is logged.
  const asked = await Promise.all(Array.from({ length: 5 }, () => customer.requestEmailVerification()))
  if (!asked.some(({ status }) => status === 429)) throw new Error('Nothing limits how many codes are asked for')
  const another = { email: `${randomUUID()}@example.com`, password }
  const headers = newKey()
  expectStatus(await admin.createUser({ body: another, headers }), 201)
  expectStatus(await admin.createUser({ body: { ...another, password: `not ${password}` }, headers }), 422)
}

/** Checks that the gateway passes on the source address, and that the log of attempts is writable. */
async function expectLimitedLogins(baseUrl: string): Promise<void> {
  const statuses: number[] = []
  for (let n = 0; n < 6; n += 1) {
    statuses.push((await createClient({ baseUrl }).logIn({ body: { username: 'unknown', password: 'wrong' } })).status)
  }
  if (statuses.join() !== '401,401,401,401,401,429') throw new Error(`Failed logins are answered with ${statuses}`)
}
