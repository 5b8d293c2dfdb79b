import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mail, Mailer } from '#shared/mail/mailer.ts'

/**
 * Writes mails to files named after their event: the HTML part, and the text part below the lines From, To, Date and
 * Subject. A file gets its name only when it is whole, and a mail that is sent again replaces the first.
 */
export const mailsInto = (folder: string): Mailer => ({
  async send(mail) {
    mkdirSync(folder, { recursive: true })
    write(join(folder, `${mail.id}.html`), mail.html)
    write(join(folder, `${mail.id}.txt`), `${headOf(mail)}\n${mail.text}`)
  },
})

const headOf = ({ from, to, at, subject }: Mail): string =>
  `From: ${from}\nTo: ${to}\nDate: ${new Date(at).toUTCString()}\nSubject: ${subject}\n`

function write(path: string, content: string): void {
  writeFileSync(`${path}.new`, content)
  renameSync(`${path}.new`, path)
}
