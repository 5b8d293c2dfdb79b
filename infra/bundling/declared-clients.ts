import type { Plugin } from 'esbuild'
import type { AwsAction } from '#shared/runtime/function-definition.ts'

/** The service prefix of an action, such as `dynamodb`. */
export type AwsService = AwsAction extends `${infer Service}:${string}` ? Service : never

const packages: Record<AwsService, readonly string[]> = {
  dynamodb: ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb', '@aws-sdk/util-dynamodb'],
  events: ['@aws-sdk/client-eventbridge'],
  secretsmanager: ['@aws-sdk/client-secrets-manager'],
  ses: ['@aws-sdk/client-sesv2'],
  sqs: ['@aws-sdk/client-sqs'],
  states: ['@aws-sdk/client-sfn'],
}

const services = Object.keys(packages) as AwsService[]

/** Services to which at least one of the actions belongs, in the order of `packages`. */
export const servicesOf = (uses: readonly AwsAction[]): AwsService[] =>
  services.filter((service) => uses.some((action) => action.startsWith(`${service}:`)))

/** Source of a module that replaces a package: each of its exports throws an error that names the remedy. */
async function absentPackage(name: string): Promise<string> {
  const members = Object.keys((await import(name)) as object)
  const exported = members.filter((member) => /^[\w$]+$/.test(member) && member !== 'default')
  const complaint = `${name} is not in this bundle: the function declares none of its actions in \`uses\``
  return [
    `class Absent { constructor() { throw new Error(${JSON.stringify(complaint)}) } }`,
    `export { ${exported.map((member) => `Absent as ${member}`).join(', ')} }`,
  ].join('\n')
}

/**
 * Gives a function only the clients of the services it declares; it has no permission to use any others.
 * @param declaredBy returns the services of the module with this plugin data
 */
export const declaredClients = (declaredBy: (pluginData: unknown) => readonly AwsService[]): Plugin => ({
  name: 'declared-clients',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/(client|lib|util)-/ }, ({ path, importer, pluginData }) => {
      if (importer.includes('/node_modules/')) return undefined
      const isDeclared = declaredBy(pluginData).some((service) => packages[service].includes(path))
      return isDeclared ? undefined : { path, namespace: 'absent', sideEffects: false }
    })
    onLoad({ filter: /.*/, namespace: 'absent' }, async ({ path }) => ({
      contents: await absentPackage(path),
      loader: 'js',
    }))
  },
})
