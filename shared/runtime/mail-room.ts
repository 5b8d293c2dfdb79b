import { type TemplateFiles, templateFolder } from '#shared/mail/mail-templates.ts'
import type { MailRoom } from '#shared/mail/send-order-mail.ts'
import { readFolder } from './run-time-files.ts'
import { mailer } from './ses.ts'

let templates: TemplateFiles | undefined

/** Sender and templates, on AWS or with what the local stack has put in their place. */
export function mailRoom(): MailRoom {
  templates ??= readFolder(templateFolder)
  return { mailer: mailer(), templates }
}
