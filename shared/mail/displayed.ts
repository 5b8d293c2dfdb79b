import mustache from 'mustache'
import { splitGraphemes } from 'unicode-segmenter/grapheme'

/** What people copy out of a mail: an order's number, a SKU, a reference, a tracking number. Shown byte for byte. */
export class Code {
  readonly text: string
  /** Stands inside a sentence, so a right-to-left one has to be isolated from it. */
  readonly isInSentence: boolean

  constructor(text: string, { isInSentence = false } = {}) {
    this.text = text
    this.isInSentence = isInSentence
  }
}

/** Controls, line breaks, and what reorders the text that follows. Marks that languages need stay. */
const disruptive = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu

/** Zero-width space, word joiner and byte order mark. */
const invisible = /[\u200b\u2060\ufeff]/g

/** Blocks of scripts that are written from right to left, and marks that are. */
const rightToLeft = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Where a text becomes a web or mail address: behind a scheme, in a domain, around an at sign; dots of all kinds. */
const addressLike = /(?<=\p{L}):(?=\S)|(?<=[\p{L}\p{N}])[.\u2024\u3002\uff0e\uff61](?=\p{L})|@(?=\S)/gu

/** A code that is an address, whatever it is called. */
const link = /:\/\/|^www\./i

const [isolate, endOfIsolate] = ['\u2068', '\u2069']

/** One line of what a person wrote. */
const oneLine = (text: string): string => text.replace(invisible, '').replace(disruptive, ' ').trim()

const textOf = (value: string | Code): string => oneLine(value instanceof Code ? value.text : value)

/**
 * A value in plain text. Anyone may register the address of another person, so an order must not be a way to send
 * links to strangers: in prose, a blank breaks what mail programs would turn into one.
 */
export function inText(value: string | Code): string {
  const text = textOf(value)
  const isCode = value instanceof Code && !link.test(text)
  const shown = isCode ? text : text.replace(addressLike, '$& ')
  const isIsolated = rightToLeft.test(text) && !(isCode && !value.isInSentence)
  return isIsolated ? `${isolate}${shown}${endOfIsolate}` : shown
}

/** A value in HTML: an element that has no text breaks links, so what is copied is what was written. */
export function inHtml(value: string | Code): string {
  const text = textOf(value)
  const pieces = text.replace(addressLike, '$&\n').split('\n')
  const shown = pieces.map((piece) => mustache.escape(piece)).join('<wbr>')
  return rightToLeft.test(text) ? `<bdi>${shown}</bdi>` : shown
}

/** At most `length` characters as people count them (graphemes), with an ellipsis where something is missing. */
export function shortened(text: string, length: number): string {
  const characters = [...splitGraphemes(text)]
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text
}
