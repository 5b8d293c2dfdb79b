import { join } from 'node:path'
import { type Deployment, deploy } from '#infra/emulator/deployment.ts'
import { startEmulator } from '#infra/emulator/emulator.ts'
import { run } from '#infra/emulator/run.ts'
import { adminPassword } from '#tests/support/local-stack.ts'
import { expectStatus, signInAdmin } from '#tests/support/people.ts'
import type { Call } from '#tests/support/used-grants.ts'
import { startRecorder } from './recorder.ts'

/** A port that `npm run deploy:local` does not use, so that both can run at once. */
const port = Number(process.env['EMULATOR_PORT'] ?? 4567)
const root = join(import.meta.dirname, '../..')
const startedAt = Date.now()

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
/** Prints a line with the seconds since the start. */
export const report = (line: string): void => print(`${((Date.now() - startedAt) / 1000).toFixed(0)} s  ${line}`)

/** Where the emulator shows the mails that were sent. */
export const sentMails = (endpoint: string): string => `${endpoint}/_ministack/ses/messages`

export interface Installation extends Deployment {
  /** URL of the emulated AWS. */
  endpoint: string
}

/**
 * Deploys to an empty AWS that enforces IAM, and ends it afterwards.
 * @param onCall is called for every call that a function makes to AWS
 * @param use is handed the installation, whose admin has a new password
 */
export async function onInstallation(
  onCall: (call: Call) => void,
  use: (installation: Installation) => Promise<void>,
): Promise<void> {
  const recorder = await startRecorder(`http://127.0.0.1:${port}`, onCall)
  try {
    const emulator = await startEmulator(join(root, '.local'), port, recorder.endpoint)
    try {
      report('an empty AWS that enforces IAM')
      const deployment = await deploy(emulator.endpoint)
      report(`deployed: ${deployment.baseUrl}`)
      await changeFirstPassword(deployment)
      await use({ ...deployment, adminPassword, endpoint: emulator.endpoint })
    } finally {
      await emulator.stop()
    }
  } finally {
    await recorder.stop()
  }
}

/** The first password opens only the route that changes it. */
export async function changeFirstPassword({
  baseUrl,
  adminPassword: first,
}: Pick<Deployment, 'baseUrl' | 'adminPassword'>): Promise<void> {
  const admin = await signInAdmin(baseUrl, first)
  const refused = await admin.listOrders()
  if (refused.status !== 403) throw new Error(`The first password opens more than it should: ${refused.status}`)
  const body = { current_password: first, new_password: adminPassword }
  expectStatus(await admin.changePassword({ body }), 204)
}

/** Runs the acceptance tests, or only the files in `options`. @throws Error when one fails */
export const runAcceptanceTests = (
  { baseUrl, metricsToken, endpoint }: Installation,
  options: string[] = [],
): Promise<void> =>
  run('npx', ['vitest', 'run', '--project', 'api', ...options], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      BASE_URL: baseUrl,
      ADMIN_PASSWORD: adminPassword,
      METRICS_TOKEN: metricsToken,
      MAILS: sentMails(endpoint),
    },
  })
