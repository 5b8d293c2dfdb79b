import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { mailer } from '#shared/aws/ses.ts'
import { Fault } from '#shared/requests/fault.ts'
import '#tests/support/local-credentials.ts'

const ses = mockClient(SESv2Client)
// Other files of the same worker use the class, too.
afterAll(() => ses.restore())
// Read when the first mail is sent.
process.env['MAIL_CONFIGURATION_SET'] = 'holdfast-test'
beforeEach(() => ses.reset())

const mail = {
  id: 'ord_1.2',
  from: 'orders@example.com',
  to: 'jo@example.com',
  subject: 'Your order № 1 is reserved',
  html: '<p>Hello</p>',
  text: 'Hello',
  at: '2026-11-20T12:00:00.000Z',
}

test('a mail is sent as HTML and text, in UTF-8, and marked as automatic', async () => {
  ses.on(SendEmailCommand).resolves({ MessageId: '1' })
  await mailer().send(mail)
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })
  expect(ses.commandCalls(SendEmailCommand).map(({ args }) => args[0].input)).toEqual([
    {
      FromEmailAddress: mail.from,
      ConfigurationSetName: 'holdfast-test',
      Destination: { ToAddresses: [mail.to] },
      Content: {
        Simple: {
          Subject: utf8(mail.subject),
          Body: { Html: utf8(mail.html), Text: utf8(mail.text) },
          Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
        },
      },
    },
  ])
})

test('a refusal is an error without the recipient, also in its cause', async () => {
  const refusal = Object.assign(new Error('Email address is not verified: jo@example.com'), { name: 'MessageRejected' })
  ses.on(SendEmailCommand).rejects(refusal)
  const error = await mailer()
    .send(mail)
    .catch((thrown: unknown) => thrown)
  expect(error).toEqual(new Fault('SES did not take the mail: MessageRejected'))
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('jo@')
})

test.each([
  ['jo@example.com', true],
  ['jo@xn--mnchen-3ya.de', true],
  ['jürgen@example.com', false],
])('SES takes the address %s: %s', (address, isTaken) => {
  expect(mailer().accepts?.(address)).toBe(isTaken)
})
