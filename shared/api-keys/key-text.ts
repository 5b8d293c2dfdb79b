import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { base32 } from '#shared/requests/idempotency.ts'
import type { Config } from '#shared/runtime/config.ts'

type Stage = Config['STAGE']

/** Every key begins like this, and nothing else does: secret scanners look for it. */
const brand = 'hf_'

const letters = '[0-9a-hjkmnp-tv-z]'
const keyPattern = new RegExp(`^(${brand}[a-z]+_${letters}{52}_${letters}{32})(${letters}{7})$`)

const checksumOf = (text: string): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return base32(bytes)
}

const firstPart = (stage: Stage, id: string): string => `${brand}${stage}_${id.replace(/^key_/, '')}`

/**
 * A key: `hf_<stage>_<id>_<secret><checksum>`. The secret has 160 bits; the checksum is the CRC-32 of everything before it,
 * so that a scanner knows a key from text that looks like one, and a typing error costs no read.
 * @param serverSecret secret of the installation; without it, salt and id yield nothing
 */
export function keyText(stage: Stage, id: string, { salt, serverSecret }: { salt: string; serverSecret: string }) {
  const mac = createHmac('sha256', serverSecret).update(`${id}.${salt}`).digest()
  const unchecked = `${firstPart(stage, id)}_${base32(mac.subarray(0, 20))}`
  return `${unchecked}${checksumOf(unchecked)}`
}

/** How a key begins: brand, stage and eight characters of its id. */
export const keyPrefix = (stage: Stage, id: string): string =>
  firstPart(stage, id).slice(0, `${brand}${stage}_`.length + 8)

/** Whether a bearer is meant to be an API key. An access token never begins like one. */
export const looksLikeKey = (bearer: string): boolean => bearer.startsWith(brand)

/** The id in a key of this stage; undefined for anything else, a key with a typing error included. */
export function idInKey(stage: Stage, text: string): string | undefined {
  const [, unchecked = '', checksum] = keyPattern.exec(text) ?? []
  if (checksum === undefined || checksum !== checksumOf(unchecked)) return undefined
  const [, itsStage, id] = unchecked.split('_')
  return itsStage === stage ? `key_${id}` : undefined
}

/** SHA-256: a secret of 160 random bits needs no slow hash, because it cannot be guessed. */
export const hashOfKey = (text: string): string => createHash('sha256').update(text).digest('base64url')

export const isHashOf = (text: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(hashOfKey(text)), Buffer.from(hash))
