import type { Stage } from '../stages.ts'
import { readAccount } from './account.ts'
import { type Clients, targetOf } from './clients.ts'
import { type Finding, judge } from './finding.ts'
import { readInstallation } from './installation.ts'
import { judgeAccount } from './judge-account.ts'
import { judgeInstallation } from './judge-installation.ts'
import { deploymentRuns, keptSecrets, tableToAdopt } from './plan.ts'
import { known, type Reading } from './reading.ts'
import { type FoundTable, judgeTable, readTable } from './table.ts'

export interface Preflight {
  /** What was looked at, as a title. */
  title: string
  findings: Finding[]
  /** Arguments of the CDK's command line, one list per run. @throws Error if the table to adopt cannot be used */
  runs(): string[][]
}

/**
 * Looks at the account of the shell's credentials, and changes nothing.
 * @param asked the table to adopt, if one is named
 * @throws Error with one sentence if there are no credentials, or if AWS refuses them
 */
export async function preflight(clients: Clients, stage: Stage, asked?: string): Promise<Preflight> {
  const { account, region } = await targetOf(clients)
  const [limits, installation] = await Promise.all([readAccount(clients, stage), readInstallation(clients, stage)])
  const name = tableToAdopt(installation, stage, asked)
  const table = name === undefined ? undefined : await readTable(clients, name)
  return {
    title: `${stage.name} in account ${account}, ${region}`,
    findings: [
      ...judgeAccount(limits, stage),
      ...judgeInstallation(installation, stage, asked),
      ...(name === undefined || table === undefined
        ? []
        : judge(`The table ${name}`, table, (found) => judgeTable(name, found, stage.retainData))),
    ],
    runs: () =>
      deploymentRuns(installation, stage, { table: adopted(name, table), secrets: keptSecrets(installation) }),
  }
}

function adopted(name: string | undefined, table: Reading<FoundTable | undefined> | undefined) {
  if (name === undefined || table === undefined) return undefined
  const streamArn = known(table)?.streamArn
  if (streamArn === undefined) throw new Error(`The table ${name} cannot be adopted: its stream is unknown.`)
  return { name, streamArn }
}
