import { namedJobs } from '#shared/jobs/jobs.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import type { Stage } from '../stages.ts'
import type { Account, Quota } from './account.ts'
import { type Finding, failure, judge, ok, warning } from './finding.ts'
import { judgeMail, judgeSender } from './judge-mail.ts'

/** Everything that the account itself decides. */
export const judgeAccount = (account: Account, stage: Stage): Finding[] => [
  ...judge('The number of functions that may run at once', account.functions, (limit) => judgeFunctions(limit, stage)),
  ...judge('Sending mails', account.mail, (mail) => judgeMail(mail, stage)),
  ...judge('The sender of mails', account.sender, (sender) => judgeSender(sender, stage)),
  ...judge('API Gateway', account.gateway, (gateway) => judgeGateway(gateway, stage)),
  ...judge('The bootstrap of the CDK', account.bootstrapVersion, (version) => judgeBootstrap(version, stage)),
  ...judge('The list of quotas', account.quotas, judgeQuotas),
  ...judgePlaceholders(stage),
]

/** The default of a region. New accounts often have ten. */
const usualConcurrency = 1000

/** How many partitions' streams a new on-demand table has. */
const shardsOfNewTable = 4

/** An SQS event source runs at least two. */
const runsPerSubscription = 2

export function judgeFunctions({ concurrent }: { concurrent: number }, stage: Stage): Finding[] {
  const background =
    stage.relaysPerShard * shardsOfNewTable + runsPerSubscription * Object.keys(subscriptions).length + namedJobs.length
  if (concurrent >= usualConcurrency) return [ok(`Lambda runs ${concurrent} functions at once.`)]
  const share =
    concurrent > background
      ? `leaves ${concurrent - background} for requests when relay, mails and jobs are busy`
      : `can be used up by relay, mails and jobs alone (up to ${background}), and requests then fail`
  return [
    warning(
      `Lambda runs only ${concurrent} functions at once in this account, which ${share}. Request ${usualConcurrency} (quota L-B99A9384), or lower relaysPerShard.`,
    ),
  ]
}

export function judgeGateway(
  { role, perSecond, burst }: { role: string | undefined; perSecond: number; burst: number },
  { throttle }: Pick<Stage, 'throttle'>,
): Finding[] {
  const log = ok(
    role === undefined
      ? 'API Gateway has no role to write logs with yet: the stack holdfast-account creates it.'
      : `API Gateway writes logs as ${role}.`,
  )
  if (perSecond >= throttle.ratePerSecond && burst >= throttle.burst) return [log]
  return [
    log,
    warning(
      `API Gateway takes ${perSecond} requests a second (burst ${burst}) in this account; the stage's throttle of ${throttle.ratePerSecond} (${throttle.burst}) is never reached.`,
    ),
  ]
}

/** The oldest bootstrap that the CDK's synthesizer accepts. */
export const requiredBootstrapVersion = 6

export function judgeBootstrap(version: number | undefined, { credentials }: Pick<Stage, 'credentials'>): Finding[] {
  if (credentials === 'cli') return []
  if (version === undefined) return [failure('This region was not bootstrapped: run npx cdk bootstrap.')]
  return version >= requiredBootstrapVersion
    ? [ok(`The bootstrap of the CDK has version ${version}.`)]
    : [
        failure(
          `The bootstrap of the CDK has version ${version}, needs ${requiredBootstrapVersion}: run npx cdk bootstrap.`,
        ),
      ]
}

export function judgeQuotas(quotas: readonly Quota[]): Finding[] {
  const reduced = quotas.filter(({ value, usual }) => value < usual)
  if (reduced.length === 0) return [ok(`None of ${quotas.length} quotas is below its default.`)]
  return reduced.map(({ name, code, value, usual }) =>
    warning(`The quota ${name} (${code}) is ${value} in this account; by default it is ${usual}.`),
  )
}

/** Addresses of RFC 2606, which no one receives mails at. */
const isPlaceholder = (address: string): boolean => /@(?:[^@]*\.)?example\.(?:com|net|org)$/.test(address)

export function judgePlaceholders(stage: Pick<Stage, 'adminEmail' | 'alarmEmail' | 'mailFrom'>): Finding[] {
  const consequences = {
    adminEmail: 'the first admin receives no mails',
    alarmEmail: 'no one receives alarms',
    mailFrom: 'no mail can be sent',
  }
  return Object.entries(consequences).flatMap(([setting, consequence]) => {
    const address = stage[setting as keyof typeof consequences]
    return address !== undefined && isPlaceholder(address)
      ? [warning(`${setting} is still ${address} in infra/stages.ts: ${consequence}.`)]
      : []
  })
}
