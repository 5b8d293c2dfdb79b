import mustache from 'mustache'
import { Fault } from '#shared/requests/fault.ts'
import { displayed } from './displayed.ts'
import type { MailTemplate, TemplateFiles } from './mail-templates.ts'
import type { Mail } from './mailer.ts'
import type { OrderMailView } from './order-view.ts'

/** Every value that a template shows goes through one of these. */
const escapes = {
  txt: displayed,
  html: (value: string) => mustache.escape(displayed(value)),
}
type Format = keyof typeof escapes

/**
 * Fills in a template. The text file begins with what goes before a mail: its subject, and the sentence that mail programs
 * show beside it; these are told apart before anything is filled in, so that no value can add a line to them.
 * @throws Error when a file is missing
 */
export function render(
  files: TemplateFiles,
  template: MailTemplate,
  view: OrderMailView,
): Pick<Mail, 'subject' | 'html' | 'text'> {
  const { subject: subjectTemplate, preview: previewTemplate, message } = parts(fileOf(files, `${template}.txt`))
  const line = (source: string) => mustache.render(source, view, {}, { escape: escapes.txt })
  const subject = line(subjectTemplate)
  const fill = (format: Format, content: string, values: object) =>
    mustache.render(
      fileOf(files, `layout.${format}`),
      values,
      (name) => (name === 'message' ? content : fileOf(files, `${name}.${format}`)),
      { escape: escapes[format] },
    )
  return {
    subject,
    html: fill('html', fileOf(files, `${template}.html`), { ...view, subject, preview: line(previewTemplate) }),
    text: fill('txt', message, { ...view, subject }).replace(/\n{3,}/g, '\n\n'),
  }
}

function fileOf(files: TemplateFiles, name: string): string {
  const file = files.get(name)
  if (file === undefined) throw new Fault(`There is no mail template ${name}`)
  return file
}

function parts(file: string): { subject: string; preview: string; message: string } {
  const { subject, preview, message } =
    /^Subject: (?<subject>.+)\nPreview: (?<preview>.+)\n\n(?<message>[\s\S]*)$/.exec(file)?.groups ?? {}
  if (subject === undefined || preview === undefined || message === undefined) {
    throw new Fault('A mail template begins with the lines Subject and Preview, and an empty one')
  }
  return { subject, preview, message }
}
