import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { swaggerUiFiles, swaggerUiFolder } from '#shared/api/docs-assets.ts'
import { functionFile } from '#shared/api/operations.ts'
import { routes } from '#shared/api/routes.ts'
import { backgroundFunctions } from '#shared/jobs/background-functions.ts'
import { deployedFunctions } from '../deployed-functions.ts'
import { type AwsService, declaredClients, servicesOf } from './declared-clients.ts'
import { leanSdk } from './lean-sdk.ts'
import { ownModules } from './own-modules.ts'
import { packedData } from './packed-data.ts'

const root = join(import.meta.dirname, '../..')
const outFolder = join(root, 'cdk.out/bundles')

/** The code of one function. */
export interface Bundle {
  /** Of the function, from the top of the repository. */
  file: string
  bytes: number
  gzipBytes: number
  /** Files that something of is in the bundle, from the top of the repository. */
  inputs: string[]
}

/** Folder with the code of one function, ready to be zipped. */
export const bundleFolder = (file: string): string => join(outFolder, withoutExtension(file))

const withoutExtension = (file: string): string => file.replace(/\.ts$/, '')

/** Bundles every function. */
export async function buildBundles(): Promise<Bundle[]> {
  rmSync(outFolder, { recursive: true, force: true })
  const { outputs } = await bundle()
  copyRunTimeFiles()
  return Object.entries(outputs).map(([output, { bytes, entryPoint = '', inputs }]) => ({
    file: withoutSuffix(entryPoint),
    bytes,
    gzipBytes: gzipSync(readFileSync(join(root, output))).length,
    inputs: usedInputs(inputs),
  }))
}

/** Tells apart modules of one file; see `ownModules`. */
const withoutSuffix = (input: string): string => input.replace(/\?.*$/, '')

const usedInputs = (inputs: Metafile['outputs'][string]['inputs']): string[] =>
  Object.keys(inputs)
    .filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0)
    .map(withoutSuffix)

const services = new Map(deployedFunctions.map(({ file, uses }) => [file, servicesOf(uses)]))

async function bundle(): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: deployedFunctions.map(({ file }) => ({ in: file, out: join(withoutExtension(file), 'index') })),
    outdir: outFolder,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    target: 'node24',
    // An ESM import of a built-in module costs a cold start 14 ms, `require` 1.6.
    format: 'cjs',
    // The same for `import()`: the SDK's of `node:http` would load undici with it, 20 ms.
    supported: { 'dynamic-import': false },
    // The ES modules of the SDK can be shaken, its CommonJS cannot.
    mainFields: ['module', 'main'],
    plugins: [
      packedData,
      ownModules((file) => services.get(file) ?? []),
      declaredClients((declared) => declared as readonly AwsService[]),
      leanSdk(),
    ],
    define: { 'import.meta.dirname': '""' },
    // Lets a test deploy other code without changing a source file.
    banner: { js: process.env['BUNDLE_BANNER'] ?? '' },
    logLevel: 'warning',
  })
  return metafile
}

/** Files and folders that functions read at run time: they lie under the same path beside the bundled code. */
export const runTimeFiles = (): { file: string; paths: readonly string[] }[] => [
  {
    file: functionFile({ operation: 'getDocsAsset', route: routes.getDocsAsset }),
    paths: swaggerUiFiles.map((name) => `${swaggerUiFolder}/${name}`),
  },
  ...backgroundFunctions.map(({ file, folders = [] }) => ({ file, paths: folders })),
]

function copyRunTimeFiles(): void {
  for (const { file, paths } of runTimeFiles()) {
    for (const path of paths) cpSync(join(root, path), join(bundleFolder(file), path), { recursive: true })
  }
}
