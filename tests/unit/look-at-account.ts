import { clientsFor } from '#infra/preflight/clients.ts'
import { preflight } from '#infra/preflight/preflight.ts'
import { stageOf } from '#infra/stages.ts'
import { type Answer, type AnsweringAccount, startAnsweringAccount } from '#tests/support/answering-account.ts'
import { readyAccount } from '#tests/support/sample-account.ts'

export const addresses = { adminEmail: 'jo@shop.test', alarmEmail: 'ops@shop.test', mailFrom: 'orders@shop.test' }
const prod = { ...stageOf('prod'), ...addresses }
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }

/** The stacks of prod. */
export const kinds = ['data', 'events', 'api', 'operations'].map((kind) => `holdfast-prod-${kind}`)
/** The table of its data stack. */
export const own = 'holdfast-prod-data-TableCD117FA1-1'

let account: AnsweringAccount | undefined
export async function endAccount(): Promise<void> {
  await account?.stop()
  account = undefined
}

/** Operations that the last preflight called. */
export const calls = (): readonly string[] => account?.calls ?? []

/** The preflight of prod in an account that differs from a ready one. */
export async function lookAt(differences: Record<string, Answer> = {}, { table = '', stage = prod } = {}) {
  account = await startAnsweringAccount({ ...readyAccount, ...differences })
  const clients = clientsFor({ endpoint: account.endpoint, region: 'eu-central-1', credentials })
  const result = await preflight(clients, stage, table === '' ? undefined : table)
  const texts = (level: string) => result.findings.filter((one) => one.level === level).map(({ text }) => text)
  return { ...result, errors: texts('error'), warnings: texts('warning'), oks: texts('ok') }
}

/** The values of `-c` in a run of the CDK. */
export const contextOf = (run: readonly string[] = []) => run.filter((argument) => argument.includes('='))
