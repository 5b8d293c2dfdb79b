/** Order of the group of P-256. */
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')

function signatureOf(token: string): { r: Buffer; s: bigint } {
  const bytes = Buffer.from(token.split('.')[2] ?? '', 'base64url')
  return { r: bytes.subarray(0, 32), s: BigInt(`0x${bytes.subarray(32).toString('hex')}`) }
}

/** Whether its signature is the one of two that the API makes. */
export const isLower = (token: string): boolean => signatureOf(token).s <= order / 2n

/** The same token with the other signature that mathematics accepts for it. */
export function twinOf(token: string): string {
  const { r, s } = signatureOf(token)
  const other = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')
  return [...token.split('.').slice(0, 2), Buffer.concat([r, other]).toString('base64url')].join('.')
}

/** The same token in another text: of the last letter of 64 bytes in base64url, four bits are unused. */
export function respelled(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters[letters.indexOf(token.slice(-1)) + 1]
}
