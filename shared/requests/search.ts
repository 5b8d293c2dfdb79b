import * as z from 'zod/mini'
import { normalised, text } from './text.ts'

/** Query parameter `q` of lists: what something begins with, in upper or lower case. */
export const SearchText = text(254).check(
  z.meta({ description: 'What something begins with. Case and the encoding of accents make no difference.' }),
)

/** The same for texts that differ in case only, the German ß, the final sigma and the Turkish i included. */
const caseless = (text: string): string =>
  normalised(text).toUpperCase().toLowerCase().replaceAll('ς', 'σ').replaceAll('i\u0307', 'i').normalize('NFC')

/** Whether one of the texts begins with `prefix`, whatever their case and however their accents are encoded. */
export const anyBeginsWith = (prefix: string, texts: readonly (string | null | undefined)[]): boolean =>
  texts.some((one) => typeof one === 'string' && caseless(one).startsWith(caseless(prefix)))
