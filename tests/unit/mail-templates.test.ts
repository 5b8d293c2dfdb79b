import mustache from 'mustache'
import { describe, expect, test } from 'vitest'
import { Code } from '#shared/mail/displayed.ts'
import { languageFor } from '#shared/mail/language.ts'
import { MailTemplate } from '#shared/mail/mail-templates.ts'
import { render } from '#shared/mail/render.ts'
import { Country } from '#shared/orders/new-address.ts'
import { languages, sampleMails, sampleNamed, samplesIn, templateFiles } from '#tests/support/sample-mails.ts'

describe('the template files', () => {
  const namesOf = (folder: string) =>
    [...templateFiles.keys()].flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []))
  const isTemplate = (path: string) => !path.endsWith('.json')
  const { values, partials } = usedNames([...templateFiles].filter(([path]) => isTemplate(path)))

  test('ask for nothing that is not there, and for everything that is', () => {
    const { words: _, ...view } = Object.assign({}, ...sampleMails.map((sample) => sample.view))
    const known = new Set(sampleMails.flatMap((sample) => namesIn({ ...sample.view, words: undefined })))
    const words = Object.keys(languageFor(templateFiles, 'en').words).map((word) => `words.${word}`)
    expect(view).toHaveProperty('order_number')
    known.delete('words')
    expect(values).toEqual(new Set([...known, ...words, '.']))
  })

  test('are all used', () => {
    const lines = ['message', 'subject', 'preview']
    const used = [...partials, ...MailTemplate.options, 'layout'].filter((name) => !lines.includes(name))
    const files = new Set([
      ...namesOf('en').filter(isTemplate),
      ...[...templateFiles.keys()].filter((path) => !path.includes('/')),
    ])
    expect(files).toEqual(new Set(used.flatMap((name) => [`${name}.html`, `${name}.txt`])))
  })

  test.each(languages)('are complete in %s, and fill in what the English ones do', (language) => {
    expect(namesOf(language).toSorted()).toEqual(namesOf('en').toSorted())
    for (const name of namesOf('en').filter(isTemplate)) {
      const tags = (folder: string) =>
        templateFiles
          .get(`${folder}/${name}`)
          ?.match(/\{\{.*?\}\}/g)
          ?.toSorted()
      expect(tags(language), name).toEqual(tags('en'))
    }
    const { words, months, file, language: tag } = languageFor(templateFiles, language)
    expect([tag, new Set(months).size]).toEqual([language, 12])
    expect(Object.keys(words)).toEqual(Object.keys(languageFor(templateFiles, 'en').words))
    expect(Object.keys(JSON.parse(file('countries.json')))).toEqual(Country.options)
  })

  test.each([...templateFiles])('escape all that they show: %s', (_, source) => {
    expect(source).not.toMatch(/\{\{\s*[{&=]/)
  })

  test('that are missing, or have no subject, are an error', () => {
    const { view } = sampleNamed('reserved')
    const without = new Map([...templateFiles].filter(([name]) => name !== 'details.txt'))
    expect(() => render(languageFor(without, 'en'), 'reserved', view)).toThrow('There is no mail template details.txt')
    const bare = new Map([...templateFiles, ['en/reserved.txt', 'Preview: x\n\ntext']])
    expect(() => render(languageFor(bare, 'en'), 'reserved', view)).toThrow('begins with the lines Subject and Preview')
  })

  test('of a language that lacks one are completed in English', () => {
    const without = new Map([...templateFiles].filter(([name]) => name !== 'de/retry.txt'))
    const { view } = sampleNamed('expired', samplesIn('de'))
    const { text } = render(languageFor(without, 'de'), 'expired', view)
    expect(text).toContain('Die Reservierung')
    expect(text).toContain('Retry reservation')
  })
})

test.each([
  [undefined, 'en'],
  [null, 'en'],
  ['fr', 'en'],
  ['de', 'de'],
  ['de-AT', 'de'],
  ['RO', 'ro'],
  ['..', 'en'],
])('mails for the locale %s are in %s', (locale, language) => {
  expect(languageFor(templateFiles, locale).language).toBe(language)
})

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (typeof value !== 'object' || value === null || value instanceof Code) return []
  return Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)])
}

function usedNames(sources: [string, string][]) {
  const values = new Set<string>()
  const partials = new Set<string>()
  const visit = (spans: ReturnType<typeof mustache.parse>) => {
    for (const [kind, name, , , inner] of spans) {
      if (kind === '>') partials.add(name)
      else if (kind !== 'text') values.add(name)
      if (Array.isArray(inner)) visit(inner)
    }
  }
  for (const [, source] of sources) visit(mustache.parse(source))
  return { values, partials }
}
