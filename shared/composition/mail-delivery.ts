import { mailer } from '#shared/aws/ses.ts'
import { type TemplateFiles, templateFolder } from '#shared/mail/mail-templates.ts'
import type { MailDelivery } from '#shared/mail/send-order-mail.ts'
import { readFolder } from '#shared/runtime/run-time-files.ts'

let templates: TemplateFiles | undefined

/** Sender and templates, on AWS or with what the local stack has put in their place. */
export function mailDelivery(): MailDelivery {
  templates ??= readFolder(templateFolder)
  return { mailer: mailer(), templates }
}
