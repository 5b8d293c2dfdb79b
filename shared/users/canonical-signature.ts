/** How many points the group of P-256 has: SEC 2, section 2.4.2. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const numberBytes = 32

/**
 * Every ES256 signature has a twin: if (r, s) verifies, so does (r, order - s), and base64url leaves four bits of the last
 * letter unused. One text per signature is canonical, so that no one can turn a token into another text that is valid as well,
 * which would slip past whatever denies or counts by token.
 */
export function isCanonicallySigned(token: string): boolean {
  const { text, s, bytes } = signatureOf(token)
  return bytes.length === 2 * numberBytes && s <= order / 2n && bytes.toString('base64url') === text
}

/** The same token with the canonical signature. */
export function canonicallySigned(token: string): string {
  const { start, s, bytes } = signatureOf(token)
  if (s <= order / 2n) return token
  const lower = Buffer.from((order - s).toString(16).padStart(2 * numberBytes, '0'), 'hex')
  return token.slice(0, start) + Buffer.concat([bytes.subarray(0, numberBytes), lower]).toString('base64url')
}

function signatureOf(token: string): { start: number; text: string; bytes: Buffer; s: bigint } {
  const start = token.lastIndexOf('.') + 1
  const text = token.slice(start)
  const bytes = Buffer.from(text, 'base64url')
  return { start, text, bytes, s: BigInt(`0x0${bytes.subarray(numberBytes).toString('hex')}`) }
}
