import { brotliCompressSync } from 'node:zlib'
import type { Plugin } from 'esbuild'
import commonPasswords from '#shared/users/common-passwords.json' with { type: 'json' }

/** Carries the list of common passwords compressed, a third of its size; it is unpacked when a password is first set. */
export const packedPasswords: Plugin = {
  name: 'packed-passwords',
  setup({ onLoad }) {
    onLoad({ filter: /\/shared\/users\/common-passwords\.ts$/ }, () => {
      const packed = brotliCompressSync(JSON.stringify(commonPasswords.toSorted())).toString('base64')
      return {
        contents: `
          export const commonPasswords = () => {
            // Not imported: that would cost every cold start 4 ms.
            const { brotliDecompressSync } = process.getBuiltinModule('node:zlib')
            return JSON.parse(brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString())
          }`,
        loader: 'js',
      }
    })
  },
}
