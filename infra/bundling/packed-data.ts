import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/** Encodes long tables of 32-bit numbers, such as bcrypt's digits of pi, in base64. */
const withPackedTables = (source: string): string =>
  source.replaceAll(/= \[((?:\s*0x[0-9a-f]{1,8},?){64,})\s*\]/g, (_, numbers: string) => {
    const values = numbers.split(',').filter((text) => text.trim() !== '')
    const packed = Buffer.from(Uint32Array.from(values, Number).buffer).toString('base64')
    return `= Array.from(new Int32Array(Uint8Array.from(Buffer.from('${packed}', 'base64')).buffer))`
  })

export const packedData: Plugin = {
  name: 'packed-data',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/bcryptjs\/index\.js$/ }, ({ path }) => ({
      contents: withPackedTables(readFileSync(path, 'utf8')),
      loader: 'js',
    }))
  },
}
