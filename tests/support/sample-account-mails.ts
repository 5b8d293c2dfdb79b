import { accountView } from '#shared/mail/account-view.ts'
import { languageFor } from '#shared/mail/language.ts'
import { type TemplateFiles, templateFor } from '#shared/mail/mail-templates.ts'
import { render } from '#shared/mail/render.ts'
import { AccountEventType } from '#shared/users/account-event.ts'

/** The other mails report something that has happened. */
const hasCode = (type: AccountEventType): boolean => type.endsWith('_requested')

/** A mail about each event of an account. */
export const accountSamplesIn = (locale: string, files: TemplateFiles) =>
  AccountEventType.options.map((type) => {
    const template = templateFor(type)
    if (template === undefined) throw new Error(`${type} sends no mail`)
    const language = languageFor(files, locale)
    const code = hasCode(type) ? 'K7QM2XWP' : undefined
    const view = accountView({ at: '2026-11-20T12:00:00.000Z', name: 'Jo Ångström', code, language })
    return { name: type, template, view, ...render(language, template, view) }
  })
