import { text } from './fields.ts'

/** Query parameter `q` of lists: what something begins with, in upper or lower case. */
export const SearchText = text(254)

/** Whether one of the texts begins with `prefix`, whatever their case. */
export const anyBeginsWith = (prefix: string, texts: readonly (string | null | undefined)[]): boolean =>
  texts.some((one) => one?.toLowerCase().startsWith(prefix.toLowerCase()))
