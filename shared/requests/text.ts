import * as z from 'zod/mini'

/** Half a surrogate pair does not survive UTF-8: it would come back, or be hashed, as another text. */
export const wellFormed = z.refine<string>((value) => value.isWellFormed(), {
  error: 'is not well-formed Unicode',
  abort: true,
})

/** Zero-width space, word joiner and byte order mark: not typed, but copied along from web pages. */
const pasted = /[\u200b\u2060\ufeff]/g

/** The form in which texts are stored and compared: NFC, trimmed, without the invisible characters that pasting adds. */
export const normalised = (text: string): string => text.replace(pasted, '').normalize('NFC').trim()

const withLines = (text: string): string => normalised(text.replace(/\r\n?|[\u2028\u2029]/g, '\n'))

/** Neither space, mark, control nor one of the characters that are drawn as nothing (U+2800 is an empty Braille cell). */
const visible = /[^\s\p{M}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u

/**
 * Controls, line breaks, and what reorders the text that follows: embeddings, overrides and isolates. The marks that
 * languages and emoji need (U+200C to U+200F, U+061C) are not among them.
 */
const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
const forbiddenBetweenLines = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u

const entered = (max: number, normalise: (text: string) => string, unwanted: RegExp, description: string) =>
  z.string().check(
    z.minLength(1, { abort: true }),
    z.maxLength(max, { abort: true }),
    z.overwrite(normalise),
    // NFC makes a few characters longer.
    z.maxLength(max, { abort: true }),
    wellFormed,
    z.refine((text) => visible.test(text), { error: 'has no visible character', abort: true }),
    z.refine((text) => !unwanted.test(text), {
      error: 'has control or bidirectional override characters',
      abort: true,
    }),
    z.meta({ description }),
  )

/**
 * One line that a person enters, normalised. `max` counts characters (code points, as JSON Schema's `maxLength` does),
 * both as sent and as stored.
 */
export const text = (max: number) =>
  entered(max, normalised, forbidden, 'One line of text. Stored in NFC and trimmed; at least one visible character.')

/** The same with line breaks, stored as `\n`, and tabs. */
export const multilineText = (max: number) =>
  entered(
    max,
    withLines,
    forbiddenBetweenLines,
    'Text that may have lines. Stored in NFC and trimmed; at least one visible character.',
  )
