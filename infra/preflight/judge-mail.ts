import type { Stage } from '../stages.ts'
import type { Identity } from './account.ts'
import { type Finding, ok, warning } from './finding.ts'

interface MailAccount {
  inSandbox: boolean
  isSending: boolean
  perDay: number
  perSecond: number
}

export function judgeMail(
  { inSandbox, isSending, perDay, perSecond }: MailAccount,
  { mailGrant }: Pick<Stage, 'mailGrant'>,
): Finding[] {
  const quota = `${perDay} mails a day, ${perSecond} a second`
  return [
    isSending ? ok(`SES sends ${quota}.`) : warning('SES has paused sending in this account: no mail arrives.'),
    ...(inSandbox
      ? [warning(`SES is in the sandbox: ${quota}, to verified recipients only. Request production access.`)]
      : []),
    ...(inSandbox && mailGrant === 'sender'
      ? [
          warning(
            "In the sandbox, SES also asks for a grant on each recipient's identity: set mailGrant to 'sender in the sandbox'.",
          ),
        ]
      : []),
    ...(!inSandbox && mailGrant === 'sender in the sandbox'
      ? [ok("SES is out of the sandbox: mailGrant can be narrowed to 'sender'.")]
      : []),
  ]
}

export function judgeSender(sender: Identity | undefined, { mailFrom }: Pick<Stage, 'mailFrom'>): Finding[] {
  if (sender === undefined) {
    return [warning(`SES knows neither ${mailFrom} nor its domain, so no mail is sent: create and verify an identity.`)]
  }
  const { name, isVerified } = sender
  return isVerified
    ? [ok(`SES has verified ${name}.`)]
    : [warning(`SES has not verified ${name}, so no mail is sent: finish its verification.`)]
}
