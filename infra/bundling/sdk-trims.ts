import { join } from 'node:path'

/** An SDK module that no function needs, and its replacement in the bundles. */
interface Trim {
  /** Path below `node_modules`. */
  module: string
  reason: string
  replacement: string
}

/** Source of functions or classes that throw when they are called after all. */
const throwing = (...names: string[]): string =>
  names.map((name) => `export function ${name}() { throw new Error('${name} is not in the bundles') }`).join('\n')

export const trims: readonly Trim[] = [
  {
    module: '@aws-sdk/credential-provider-node/dist-es/index.js',
    reason: 'a Lambda gets its credentials from its environment: no files, instance metadata or single sign-on',
    replacement: `export { defaultProvider } from ${JSON.stringify(join(import.meta.dirname, 'environment-credentials.ts'))}`,
  },
  {
    module: '@smithy/core/dist-es/submodules/config/shared-ini-file-loader/loadSharedConfigFiles.js',
    reason: 'a Lambda has no ~/.aws; settings come from the environment',
    replacement: `
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })
      export { CONFIG_PREFIX_SEPARATOR } from './constants'`,
  },
  {
    module: '@smithy/core/dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js',
    reason: 'the region is in AWS_REGION, and a Lambda has no instance metadata',
    replacement: 'export const getInstanceMetadataRegion = async () => undefined',
  },
  {
    module: '@aws-sdk/middleware-endpoint-discovery/dist-es/index.js',
    reason: 'DynamoDB is called at its regional endpoint; no command in use discovers others',
    replacement: `
      export const resolveEndpointDiscoveryConfig = (config) => config
      const none = () => undefined
      export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
        environmentVariableSelector: none, configFileSelector: none, default: undefined,
      }`,
  },
  {
    module: '@smithy/core/dist-es/submodules/event-streams/index.js',
    reason: 'no call in use streams events',
    replacement: throwing('EventStreamSerde', 'eventStreamSerdeProvider'),
  },
  {
    module: '@smithy/signature-v4/dist-es/HeaderFormatter.js',
    reason: 'it formats the headers of streamed events',
    replacement: 'export class HeaderFormatter {}',
  },
  {
    module: '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js',
    reason: 'Node has SHA-256 built in',
    replacement: throwing('Sha256Js'),
  },
  {
    module: '@smithy/core/dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js',
    reason: 'AWS_RETRY_MODE is never set to adaptive',
    replacement: throwing('AdaptiveRetryStrategy'),
  },
  {
    module: '@aws-sdk/core/dist-es/submodules/client/middleware-logger/loggerMiddleware.js',
    reason: 'SDK calls are not logged, and without it nothing is prepared for logging either',
    replacement: `
      export const getLoggerPlugin = () => ({ applyToStack() {} })
      export const loggerMiddlewareOptions = {}
      ${throwing('loggerMiddleware')}`,
  },
  {
    module: '@smithy/core/dist-es/submodules/client/smithy-client/schemaLogFilter.js',
    reason: 'it removes secrets from logged calls, and no call is logged',
    replacement: "export const schemaLogFilter = () => '***'",
  },
  {
    module: '@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/check-features.js',
    reason: 'it reports to AWS, in every request, which SDK features are in use',
    replacement: 'export async function checkFeatures() {}',
  },
  {
    module: '@aws-sdk/core/dist-es/submodules/client/emitWarningIfUnsupportedVersion.js',
    reason: 'it warns about old versions of Node, and the deployment sets the version',
    replacement: 'export const state = {}\nexport const emitWarningIfUnsupportedVersion = () => undefined',
  },
  {
    module: '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/service-customizations/index.js',
    reason: 'S3 is not used',
    replacement: throwing('resolveParamsForS3'),
  },
  {
    module: '@aws-sdk/lib-dynamodb/dist-es/pagination/index.js',
    reason: 'the store reads its pages itself',
    replacement: 'export {}',
  },
]
