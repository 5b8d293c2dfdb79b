import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { swaggerUiFiles, swaggerUiFolder } from '#shared/api/docs-assets.ts'
import { functionFile } from '#shared/api/operations.ts'
import { routes } from '#shared/api/routes.ts'
import { backgroundFunctions } from '#shared/jobs/background-functions.ts'
import { commonPasswordsFile } from '#shared/users/common-passwords.ts'
import { deployedFunctions } from '../deployed-functions.ts'
import { type AwsService, declaredClients, servicesOf } from './declared-clients.ts'
import { leanSdk } from './lean-sdk.ts'
import { ownModules } from './own-modules.ts'
import { packedData } from './packed-data.ts'

const root = join(import.meta.dirname, '../..')
const outFolder = join(root, 'cdk.out/bundles')

export interface Bundle {
  /** The function's file, relative to the repository root. */
  file: string
  bytes: number
  gzipBytes: number
  /** Files that contribute code to the bundle, relative to the repository root. */
  inputs: string[]
}

/** The folder with a function's code, ready to be zipped. */
export const bundleFolder = (file: string): string => join(outFolder, withoutExtension(file))

const withoutExtension = (file: string): string => file.replace(/\.ts$/, '')

export async function buildBundles(): Promise<Bundle[]> {
  rmSync(outFolder, { recursive: true, force: true })
  const { outputs } = await bundle()
  const bundles = Object.entries(outputs).map(([output, { bytes, entryPoint = '', inputs }]) => ({
    file: withoutSuffix(entryPoint),
    bytes,
    gzipBytes: gzipSync(readFileSync(join(root, output))).length,
    inputs: usedInputs(inputs),
  }))
  copyRunTimeFiles(bundles)
  return bundles
}

/** The suffix distinguishes the copies of a module; see `ownModules`. */
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
    // Importing a built-in module costs a cold start 14 ms in ESM, and 1.6 ms with `require`.
    format: 'cjs',
    // The same applies to `import()`: the SDK's import of `node:http` would load undici as well, 20 ms.
    supported: { 'dynamic-import': false },
    // Only the SDK's ES modules can be tree-shaken, its CommonJS cannot.
    mainFields: ['module', 'main'],
    plugins: [
      packedData,
      ownModules((file) => services.get(file) ?? []),
      declaredClients((declared) => declared as readonly AwsService[]),
      leanSdk(),
    ],
    define: { 'import.meta.dirname': '""' },
    // Lets a test deploy changed code without changing a source file.
    banner: { js: process.env['BUNDLE_BANNER'] ?? '' },
    logLevel: 'warning',
  })
  return metafile
}

/** Files and folders that functions read at run time; they are copied to the same path beside the bundled code. */
export const runTimeFiles = (): { file: string; paths: readonly string[] }[] => [
  {
    file: functionFile({ operation: 'getDocsAsset', route: routes.getDocsAsset }),
    paths: swaggerUiFiles.map((name) => `${swaggerUiFolder}/${name}`),
  },
  ...backgroundFunctions.map(({ file, folders = [] }) => ({ file, paths: folders })),
]

/** Data of the modules that read it, wherever they are bundled. */
const dataOfModules = { 'shared/users/common-passwords.ts': commonPasswordsFile }

function copyRunTimeFiles(bundles: readonly Bundle[]): void {
  for (const { file, inputs } of bundles) {
    for (const [module, path] of Object.entries(dataOfModules)) {
      if (inputs.includes(module)) cpSync(join(root, path), join(bundleFolder(file), path))
    }
  }
  for (const { file, paths } of runTimeFiles()) {
    for (const path of paths) cpSync(join(root, path), join(bundleFolder(file), path), { recursive: true })
  }
}
