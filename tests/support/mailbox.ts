import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import * as z from 'zod/mini'

/** A mail that was sent, with what can be read of it. */
export interface SentMail {
  subject: string
  text: string
}

/** The emulator shows all mails at once, so it is asked less often. */
const inTime = (mails: string) => ({ timeout: 45_000, interval: mails.startsWith('http') ? 500 : 50 })

/** What the emulator of AWS shows. */
const Emulated = z.object({
  messages: z.record(
    z.string(),
    z.array(z.object({ To: z.array(z.string()), Subject: z.string(), BodyText: z.string(), Timestamp: z.number() })),
  ),
})

async function emulatedMails(url: string, address: string): Promise<SentMail[]> {
  const { messages } = Emulated.parse(await (await fetch(url)).json())
  return Object.values(messages)
    .flat()
    .filter(({ To }) => To.includes(address))
    .toSorted((a, b) => a.Timestamp - b.Timestamp)
    .map(({ Subject, BodyText }) => ({ subject: Subject, text: BodyText }))
}

function mailFiles(folder: string, address: string): SentMail[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.txt')) : []
  return names
    .map((name) => join(folder, name))
    .map((file) => ({ text: readFileSync(file, 'utf8'), at: statSync(file).mtimeMs }))
    .filter(({ text }) => text.includes(`\nTo: ${address}\n`))
    .toSorted((a, b) => a.at - b.at)
    .map(({ text }) => ({ text, subject: /^Subject: (.*)$/m.exec(text)?.[1] ?? '' }))
}

/** @param mails folder of the local stack, or URL of the emulator */
export const mailbox = (mails: string, address: string) => {
  const all = async (): Promise<SentMail[]> =>
    mails.startsWith('http') ? emulatedMails(mails, address) : mailFiles(mails, address)
  /** Waits until so many mails with a subject have been sent. @returns the newest */
  const nth = (subject: string, count: number): Promise<SentMail> =>
    vi.waitFor(async () => {
      const found = (await all()).filter((mail) => mail.subject === subject)
      expect(found.length, `mails with the subject ${subject}`).toBeGreaterThanOrEqual(count)
      return found.at(-1) ?? expect.fail('no mail')
    }, inTime(mails))
  /** Waits for one more mail with a subject than there were before something caused it. */
  const next = async (subject: string, cause: () => Promise<unknown>): Promise<SentMail> => {
    const before = (await all()).filter((mail) => mail.subject === subject).length
    await cause()
    return nth(subject, before + 1)
  }
  return {
    all,
    next,
    first: (subject: string): Promise<SentMail> => nth(subject, 1),
    nextCode: async (subject: string, cause: () => Promise<unknown>): Promise<string> =>
      codeIn(await next(subject, cause)),
  }
}

export const subjects = {
  reset: 'Your code for a new password',
  verification: 'Please confirm your e-mail address',
  newAddress: 'Please confirm your new e-mail address',
  addressChanged: 'Your e-mail address was changed',
  passwordChanged: 'Your password was changed',
}

/** The code that a mail shows on a line of its own. */
export const codeIn = ({ text }: SentMail): string =>
  /^[2-9B-DF-HJ-NP-TV-Z]{4}-[2-9B-DF-HJ-NP-TV-Z]{4}$/m.exec(text)?.[0] ?? expect.fail(`no code in ${text}`)

/** A code that looks like another and is wrong. */
export const wrongCode = (code: string): string => (code.startsWith('2') ? '3' : '2') + code.slice(1)
