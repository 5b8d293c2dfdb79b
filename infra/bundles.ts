import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { buildSync } from 'esbuild'
import { swaggerUiFiles } from '#shared/api/docs-assets.ts'
import { authorizerFile, bootstrapFile, fallbackFile, functionFile, operations } from '#shared/api/operations.ts'
import { routes } from '#shared/api/routes.ts'

const root = join(import.meta.dirname, '..')
const outFolder = join(root, 'cdk.out/bundles')

const functionFiles = [...operations.map(functionFile), fallbackFile, authorizerFile, bootstrapFile]

/** Folder with the code of one function, ready to be zipped. */
export const bundleFolder = (file: string): string => join(outFolder, file.replace(/\.ts$/, ''))

/** Bundles every function in one go. */
export function buildBundles(): void {
  rmSync(outFolder, { recursive: true, force: true })
  buildSync({
    absWorkingDir: root,
    entryPoints: functionFiles.map((file) => ({ in: file, out: join(file.replace(/\.ts$/, ''), 'index') })),
    outdir: outFolder,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    // An ESM import of a built-in module costs a cold start 14 ms, `require` 1.6.
    format: 'cjs',
    // The ES modules of the SDK can be shaken, its CommonJS cannot.
    mainFields: ['module', 'main'],
    // A Lambda only ever has the credentials of its environment.
    alias: { '@aws-sdk/credential-provider-node': join(root, 'infra/constructs/environment-credentials.ts') },
    define: { 'import.meta.dirname': '""' },
    // Lets a test deploy other code without changing a source file.
    banner: { js: process.env['BUNDLE_BANNER'] ?? '' },
    logLevel: 'warning',
  })
  const assets = join(
    bundleFolder(functionFile({ operation: 'getDocsAsset', route: routes.getDocsAsset })),
    'swagger-ui-dist',
  )
  mkdirSync(assets, { recursive: true })
  const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  for (const name of swaggerUiFiles) cpSync(join(swaggerUi, name), join(assets, name))
}
