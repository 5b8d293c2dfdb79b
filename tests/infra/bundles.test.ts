import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { bundleFolder, runTimeFiles } from '#infra/bundling/bundles.ts'
import { servicesOf } from '#infra/bundling/declared-clients.ts'
import { trims } from '#infra/bundling/sdk-trims.ts'
import { deployedFunctions } from '#infra/deployed-functions.ts'
import { functionFile, operations } from '#shared/api/operations.ts'
import { commonPasswordsFile } from '#shared/users/common-passwords.ts'

const root = join(import.meta.dirname, '../..')
const maxBytes = 345_000

/** The version of this package, and the replacement of the SDK's chain of credential providers. */
const productFiles = ['package.json', 'infra/bundling/environment-credentials.ts']

/** Packages as they were installed, by their folder. */
const { packages: installed } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { dev?: boolean }>
}

const bundles = inject('bundles')

/** Folder of the package that a file belongs to: `node_modules/zod`, or deeper when it is a second copy. */
const packageFolder = (input: string): string | undefined => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]

const textOf = (file: string): string => readFileSync(join(bundleFolder(file), 'index.js'), 'utf8')

/** Contents of a file, or of all files of a folder by name. */
const filesAt = (path: string): Record<string, string> =>
  Object.fromEntries(
    (statSync(path).isFile() ? [''] : globSync('**/*.*', { cwd: path })).map((name) => [
      name,
      readFileSync(join(path, name), 'utf8'),
    ]),
  )

describe('the bundles', () => {
  test('exist for every function', () => {
    expect(bundles.map(({ file }) => file).toSorted()).toEqual(deployedFunctions.map(({ file }) => file).toSorted())
  })

  test('weigh at most 345 kB', () => {
    expect(bundles.filter(({ bytes }) => bytes > maxBytes).map(({ file, bytes }) => `${file}: ${bytes}`)).toEqual([])
  })

  test('contain only product code and its dependencies: no test, no fault, no tool', () => {
    const isProduct = (input: string) => {
      const folder = packageFolder(input)
      if (folder !== undefined) return folder in installed && !installed[folder]?.dev
      return /^(functions|shared)\//.test(input) || productFiles.includes(input)
    }
    // The replacement of an undeclared client is not a file.
    const files = bundles.flatMap(({ inputs }) => inputs).filter((input) => !input.startsWith('absent:'))
    expect(files.length).toBeGreaterThan(1000)
    expect([...new Set(files)].filter((input) => !isProduct(input))).toEqual([])
  })

  test('contain no package twice', () => {
    const nested = bundles.flatMap(({ inputs }) =>
      inputs.flatMap((input) => packageFolder(input)?.match(/node_modules\/.*node_modules\/.*/)?.[0] ?? []),
    )
    expect([...new Set(nested)]).toEqual([])
  })

  test('contain the clients of the services their functions declare, and no others', () => {
    const clients = {
      dynamodb: '@aws-sdk/client-dynamodb',
      events: '@aws-sdk/client-eventbridge',
      secretsmanager: '@aws-sdk/client-secrets-manager',
      ses: '@aws-sdk/client-sesv2',
      sqs: '@aws-sdk/client-sqs',
      states: '@aws-sdk/client-sfn',
    }
    const held = bundles.map(({ file, inputs }) => {
      const found = Object.entries(clients).filter(([, name]) =>
        inputs.some((input) => packageFolder(input) === `node_modules/${name}`),
      )
      return [file, found.map(([service]) => service)]
    })
    const declared = deployedFunctions.map(({ file, uses }) => [file, servicesOf(uses)])
    expect(Object.fromEntries(held)).toEqual(Object.fromEntries(declared))
  })

  test('contain only the routes their functions name, not the whole table', () => {
    // One describes all routes, the other links to those of the documentation.
    const naming = ['getOpenapi', 'getRoot']
    for (const named of operations.filter(({ operation }) => !naming.includes(operation))) {
      const text = textOf(functionFile(named))
      const foreign = operations.filter(
        ({ route }) => route.summary !== named.route.summary && text.includes(JSON.stringify(route.summary)),
      )
      expect(foreign.map(({ operation }) => `${operation} in ${named.operation}`)).toEqual([])
      expect(text).toContain(JSON.stringify(named.route.summary))
    }
  })

  test('load built-in modules with `require`: `import` adds 14 ms to a cold start', () => {
    const importing = bundles.filter(({ file }) => /\bimport\(/.test(textOf(file)))
    expect(importing.map(({ file }) => file)).toEqual([])
  })

  test.each(runTimeFiles().flatMap(({ file, paths }) => paths.map((path) => [file, path] as const)))(
    'of %s has %s where the repository has it',
    (file, path) => {
      expect(filesAt(join(bundleFolder(file), path))).toEqual(filesAt(join(root, path)))
    },
  )

  test('have the list of common passwords beside the code that reads it', () => {
    const readers = bundles.filter(({ inputs }) => inputs.includes('shared/users/common-passwords.ts'))
    expect(readers.map(({ file }) => file)).toContain('functions/auth/register.ts')
    for (const { file } of readers) {
      expect(filesAt(join(bundleFolder(file), commonPasswordsFile)), file).toEqual(
        filesAt(join(root, commonPasswordsFile)),
      )
    }
  })

  test('omit only SDK modules that still exist', () => {
    expect(trims.filter(({ module }) => !existsSync(join(root, 'node_modules', module)))).toEqual([])
  })
})
