import { GetAccountCommand as GetGatewayAccount } from '@aws-sdk/client-api-gateway'
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda'
import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  type ServiceQuota,
} from '@aws-sdk/client-service-quotas'
import { GetEmailIdentityCommand, GetAccountCommand as GetMailAccount } from '@aws-sdk/client-sesv2'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import type { Stage } from '../stages.ts'
import type { Clients } from './clients.ts'
import { allPages, type Reading, read, unlessMissing } from './reading.ts'

/** A quota that AWS applies to this account, in its own words. */
export interface Quota {
  name: string
  code: string
  value: number
  /** What accounts have by default. */
  usual: number
}

/** What an account allows, whatever is deployed in it. */
export interface Account {
  functions: Reading<{ concurrent: number }>
  mail: Reading<{ inSandbox: boolean; isSending: boolean; perDay: number; perSecond: number }>
  /** The identity that covers the sender; `undefined` if neither its address nor its domain is one. */
  sender: Reading<Identity | undefined>
  gateway: Reading<{ role: string | undefined; perSecond: number; burst: number }>
  /** `undefined` if the CDK was never bootstrapped here. */
  bootstrapVersion: Reading<number | undefined>
  quotas: Reading<Quota[]>
}

export interface Identity {
  name: string
  isVerified: boolean
}

/** Where `cdk bootstrap` notes its version, with the CDK's default qualifier. */
const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version'

/** Services whose quotas AWS is known to reduce in new accounts. */
const limitedServices = ['lambda', 'states', 'dynamodb']

export async function readAccount(clients: Clients, { mailFrom }: Pick<Stage, 'mailFrom'>): Promise<Account> {
  const [functions, mail, sender, gateway, bootstrapVersion, quotas] = await Promise.all([
    read('lambda:GetAccountSettings', async () => {
      const { AccountLimit } = await clients.functions.send(new GetAccountSettingsCommand())
      return { concurrent: AccountLimit?.ConcurrentExecutions ?? 0 }
    }),
    read('ses:GetAccount', async () => {
      const { ProductionAccessEnabled, SendingEnabled, SendQuota } = await clients.mails.send(new GetMailAccount())
      return {
        inSandbox: ProductionAccessEnabled !== true,
        isSending: SendingEnabled === true,
        perDay: SendQuota?.Max24HourSend ?? 0,
        perSecond: SendQuota?.MaxSendRate ?? 0,
      }
    }),
    read('ses:GetEmailIdentity', () => readSender(clients, mailFrom)),
    read('apigateway:GET', async () => {
      const { cloudwatchRoleArn, throttleSettings } = await clients.gateway.send(new GetGatewayAccount())
      const { rateLimit = Number.POSITIVE_INFINITY, burstLimit = Number.POSITIVE_INFINITY } = throttleSettings ?? {}
      return { role: cloudwatchRoleArn, perSecond: rateLimit, burst: burstLimit }
    }),
    read('ssm:GetParameter', () =>
      unlessMissing(['ParameterNotFound'], async () => {
        const { Parameter } = await clients.parameters.send(new GetParameterCommand({ Name: bootstrapParameter }))
        return Number(Parameter?.Value)
      }),
    ),
    read('servicequotas:ListServiceQuotas', async () =>
      (await Promise.all(limitedServices.map((service) => readQuotas(clients, service)))).flat(),
    ),
  ])
  return { functions, mail, sender, gateway, bootstrapVersion, quotas }
}

/** The identity of the address or of its domain, whichever SES has verified. */
async function readSender({ mails }: Clients, mailFrom: string): Promise<Identity | undefined> {
  const names = [mailFrom, mailFrom.slice(mailFrom.indexOf('@') + 1)]
  const answers = await Promise.all(
    names.map(async (name) => {
      const identity = await unlessMissing(['NotFoundException'], () =>
        mails.send(new GetEmailIdentityCommand({ EmailIdentity: name })),
      )
      if (identity === undefined) return []
      return [{ name, isVerified: identity.VerifiedForSendingStatus === true }]
    }),
  )
  const found = answers.flat()
  return found.find(({ isVerified }) => isVerified) ?? found[0]
}

async function readQuotas({ quotas }: Clients, ServiceCode: string): Promise<Quota[]> {
  const read = (Command: typeof ListServiceQuotasCommand | typeof ListAWSDefaultServiceQuotasCommand) =>
    allPages<ServiceQuota>(async (NextToken) => {
      const { Quotas, NextToken: next } = await quotas.send(new Command({ ServiceCode, NextToken }))
      return { items: Quotas, next }
    })
  const [applied, defaults] = await Promise.all([
    read(ListServiceQuotasCommand),
    read(ListAWSDefaultServiceQuotasCommand),
  ])
  const usual = new Map(defaults.map(({ QuotaCode, Value }) => [QuotaCode, Value]))
  return applied.flatMap(({ QuotaCode: code = '', QuotaName = code, Value: value = 0 }) => [
    { name: `${ServiceCode}: ${QuotaName}`, code, value, usual: usual.get(code) ?? value },
  ])
}
