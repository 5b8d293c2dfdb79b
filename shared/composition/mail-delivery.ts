import { mailer } from '#shared/aws/ses.ts'
import type { MailDelivery } from '#shared/mail/deliver.ts'
import { type TemplateFiles, templateFolder } from '#shared/mail/mail-templates.ts'
import { readFolder } from '#shared/runtime/run-time-files.ts'

let templates: TemplateFiles | undefined

/** The mailer (SES, or the local stack's replacement) and the templates, which are read once. */
export function mailDelivery(): MailDelivery {
  templates ??= readFolder(templateFolder)
  return { mailer: mailer(), templates }
}
