import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mail, Mailer } from '#shared/mail/mailer.ts'
import type { KeptMails } from '#shared/users/kept-mails.ts'

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

/** The mails in the same folder. */
export function mailsKeptIn(folder: string): KeptMails {
  const names = () => (existsSync(folder) ? readdirSync(folder) : [])
  const remove = (prefix: string) => {
    for (const name of names().filter((one) => one.startsWith(prefix))) rmSync(join(folder, name), { force: true })
  }
  return {
    async forget(orderId) {
      remove(`${orderId}.`)
    },
    async forgetReader(address) {
      const texts = names().filter((name) => name.endsWith('.txt'))
      const sent = texts.filter((name) => readFileSync(join(folder, name), 'utf8').includes(`\nTo: ${address}\n`))
      for (const name of sent) remove(name.slice(0, -'txt'.length))
    },
  }
}

const headOf = ({ from, to, at, subject }: Mail): string =>
  `From: ${from}\nTo: ${to}\nDate: ${new Date(at).toUTCString()}\nSubject: ${subject}\n`

function write(path: string, content: string): void {
  writeFileSync(`${path}.new`, content)
  renameSync(`${path}.new`, path)
}
