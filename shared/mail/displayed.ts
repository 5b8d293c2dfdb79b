/** Line breaks and other control characters, and those that change the direction of what follows. */
const control = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** Where a text becomes a web or mail address: behind a scheme, in a domain, around an at sign. */
const addressLike = /(?<=\p{L}):(?=[^\s\u200b])|(?<=[\p{L}\p{N}])\.(?=\p{L})|@(?=[^\s\u200b])/gu

const zeroWidthSpace = '\u200b'

/**
 * What somebody wrote, as one line that a mail program does not turn into a link: anybody may register the address of
 * somebody else, so an order must not be a way to send links to strangers.
 */
export const displayed = (text: string): string =>
  text.replace(control, ' ').trim().replace(addressLike, `$&${zeroWidthSpace}`)

/** At most `length` characters, with an ellipsis where something is missing. */
export function shortened(text: string, length: number): string {
  const characters = [...text]
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text
}
