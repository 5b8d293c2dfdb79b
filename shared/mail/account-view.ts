import { codeMinutes, displayedCode } from '#shared/users/code.ts'
import { Code, shortened } from './displayed.ts'
import { count, time } from './formats.ts'
import type { Language } from './language.ts'
import { maxNameLength } from './order-view.ts'

/** What the templates of mails about an account can show. */
export const accountView = ({
  at,
  name,
  code,
  language,
}: {
  /** When the event happened. ISO 8601. */
  at: string
  name: string | null
  code?: string | undefined
  language: Language
}) => ({
  language: language.language,
  words: language.words,
  name: name === null ? undefined : shortened(name, maxNameLength),
  happened_at: time(at, language),
  ...(code === undefined ? {} : { code: new Code(displayedCode(code)), minutes: count(codeMinutes, language) }),
  is_about_order: false,
  footer: language.footers.account,
})

export type AccountMailView = ReturnType<typeof accountView>
