import * as z from 'zod/mini'
import { Fault } from '#shared/requests/fault.ts'
import type { TemplateFiles } from './mail-templates.ts'

/** `language.json` of a language's folder: what the shared templates say in it, and how it writes numbers and times. */
const LanguageFile = z.strictObject({
  /** BCP 47. */
  language: z.string(),
  numbers: z.strictObject({ group: z.string(), decimal: z.string() }),
  /** With {amount} and {currency}. */
  money: z.string(),
  /** With {day}, {month}, {year}, {hour} and {minute}. */
  time: z.string(),
  months: z.array(z.string()).check(z.length(12)),
  /** A line of an order that nothing else describes. */
  item: z.string(),
  /** Why a mail was sent. */
  footers: z.strictObject({ order: z.string(), account: z.string() }),
  words: z.record(z.string(), z.string()),
})

/** Everything about a mail that depends on the reader's language. */
export interface Language extends z.infer<typeof LanguageFile> {
  /** A template or another file of the language, else the one in English, else the one of all languages. */
  file(name: string): string
}

const fallback = 'en'

/**
 * The language for a reader: a folder of the templates that is named like the locale's language, or English.
 * @param locale BCP 47, of which the first part counts
 * @throws Fault when a file is missing
 */
export function languageFor(files: TemplateFiles, locale: string | null | undefined): Language {
  const [wanted = fallback] = (locale ?? fallback).toLowerCase().split('-')
  const folder = files.has(`${wanted}/language.json`) ? wanted : fallback
  const file = (name: string): string => {
    const found = files.get(`${folder}/${name}`) ?? files.get(`${fallback}/${name}`) ?? files.get(name)
    if (found === undefined) throw new Fault(`There is no mail template ${name}`)
    return found
  }
  return { ...LanguageFile.parse(JSON.parse(file('language.json'))), file }
}
