import mustache from 'mustache'
import { Fault } from '#shared/requests/fault.ts'
import type { AccountMailView } from './account-view.ts'
import { inHtml, inText } from './displayed.ts'
import type { Language } from './language.ts'
import type { MailTemplate } from './mail-templates.ts'
import type { Mail } from './mailer.ts'
import type { OrderMailView } from './order-view.ts'

/** Every value that a template shows goes through one of these. */
const escapes = { txt: inText, html: inHtml }
type Format = keyof typeof escapes

/**
 * Fills in a template. The text file begins with what goes before a mail: its subject, and the sentence that mail programs
 * show beside it; these are separated before anything is filled in, so that no value can add a line to them. The
 * layouts show them as the partials `subject` and `preview`.
 * @throws Fault when a file is missing
 */
export function render(
  language: Pick<Language, 'file'>,
  template: MailTemplate,
  view: OrderMailView | AccountMailView,
): Pick<Mail, 'subject' | 'html' | 'text'> {
  const { message, ...lines } = parts(language.file(`${template}.txt`))
  // A tag that has a line of its own takes its line break along.
  const partials = new Map(Object.entries(lines).map(([name, line]) => [name, `${line}\n`]))
  const fill = (format: Format, source: string, content: string) =>
    mustache.render(
      source,
      view,
      (name) => (name === 'message' ? content : (partials.get(name) ?? language.file(`${name}.${format}`))),
      { escape: escapes[format] },
    )
  return {
    subject: fill('txt', lines.subject, ''),
    html: fill('html', language.file('layout.html'), language.file(`${template}.html`)),
    text: fill('txt', language.file('layout.txt'), message).replace(/\n{3,}/g, '\n\n'),
  }
}

function parts(file: string): { subject: string; preview: string; message: string } {
  const { subject, preview, message } =
    /^Subject: (?<subject>.+)\nPreview: (?<preview>.+)\n\n(?<message>[\s\S]*)$/.exec(file)?.groups ?? {}
  if (subject === undefined || preview === undefined || message === undefined) {
    throw new Fault('A mail template begins with the lines Subject and Preview, and an empty one')
  }
  return { subject, preview, message }
}
