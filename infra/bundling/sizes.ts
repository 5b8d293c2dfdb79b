import { buildBundles } from './bundles.ts'

/** `npm run bundles`: builds every bundle and prints their sizes, largest first. */
const bundles = (await buildBundles()).toSorted((a, b) => b.bytes - a.bytes)
const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1).padStart(8)
process.stdout.write('      kB    gzip  function\n')
for (const { file, bytes, gzipBytes } of bundles) {
  process.stdout.write(`${kilobytes(bytes)}${kilobytes(gzipBytes)}  ${file}\n`)
}
