import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { type Mailer, sendSeconds } from '#shared/mail/mailer.ts'
import { Fault } from '#shared/requests/fault.ts'
import { port } from '#shared/runtime/ports.ts'
import { timeLimits } from './time-limits.ts'

const utf8 = (text: string) => ({ Data: text, Charset: 'UTF-8' })

/** Sends through SES, which reports bounces and complaints through the configuration set in `MAIL_CONFIGURATION_SET`. */
export const mailer = port<Mailer>(() => {
  const client = new SESv2Client(timeLimits)
  const ConfigurationSetName = process.env['MAIL_CONFIGURATION_SET']
  return {
    /** SES has no SMTPUTF8. */
    accepts: (address) => /^\p{ASCII}+$/u.test(address),

    async send({ from, to, subject, html, text }) {
      const command = new SendEmailCommand({
        FromEmailAddress: from,
        ...(ConfigurationSetName === undefined ? {} : { ConfigurationSetName }),
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: {
            Subject: utf8(subject),
            Body: { Html: utf8(html), Text: utf8(text) },
            // Suppresses out-of-office replies.
            Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
          },
        },
      })
      try {
        await client.send(command, { abortSignal: AbortSignal.timeout(sendSeconds * 1000) })
      } catch (error) {
        // SES quotes the address in its message, and this error is logged.
        throw new Fault(`SES did not take the mail: ${error instanceof Error ? error.name : 'unknown'}`)
      }
    },
  }
})
