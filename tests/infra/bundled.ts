import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { type AwsService, declaredClients } from '#infra/bundling/declared-clients.ts'
import { leanSdk } from '#infra/bundling/lean-sdk.ts'
import { packedData } from '#infra/bundling/packed-data.ts'

/**
 * The exports of a module whose packages are bundled like those of functions.
 * @param contents of the module, TypeScript
 */
export async function bundled(contents: string, declared: AwsService[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  const outfile = join(folder, 'index.cjs')
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    plugins: [declaredClients(() => declared), leanSdk(), packedData],
    define: { 'import.meta.dirname': '""' },
  })
  const exported: unknown = createRequire(import.meta.url)(outfile)
  rmSync(folder, { recursive: true })
  return exported
}
