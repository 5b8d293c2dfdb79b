import { join } from 'node:path'

/** A module of the SDK that no function of ours reaches, and what a bundle has in its place. */
interface Trim {
  /** Below `node_modules`. */
  module: string
  /** Why the functions work without it. */
  because: string
  instead: string
}

/** Functions or classes that nobody calls; if somebody does after all, they say so. */
const absent = (...names: string[]): string =>
  names.map((name) => `export function ${name}() { throw new Error('${name} is not in the bundles') }`).join('\n')

export const trims: readonly Trim[] = [
  {
    module: '@aws-sdk/credential-provider-node/dist-es/index.js',
    because: 'a Lambda has its credentials in its environment: no files, no instance metadata, no single sign-on',
    instead: `export { defaultProvider } from ${JSON.stringify(join(import.meta.dirname, 'environment-credentials.ts'))}`,
  },
  {
    module: '@smithy/core/dist-es/submodules/config/shared-ini-file-loader/loadSharedConfigFiles.js',
    because: 'a Lambda has no home directory with an .aws in it; settings come from the environment',
    instead: `
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })
      export { CONFIG_PREFIX_SEPARATOR } from './constants'`,
  },
  {
    module: '@smithy/core/dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js',
    because: 'the region is in AWS_REGION, and a Lambda has no instance metadata to ask',
    instead: 'export const getInstanceMetadataRegion = async () => undefined',
  },
  {
    module: '@aws-sdk/middleware-endpoint-discovery/dist-es/index.js',
    because: 'DynamoDB is asked at the endpoint of its region; no command of ours discovers others',
    instead: `
      export const resolveEndpointDiscoveryConfig = (config) => config
      const none = () => undefined
      export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
        environmentVariableSelector: none, configFileSelector: none, default: undefined,
      }`,
  },
  {
    module: '@smithy/core/dist-es/submodules/event-streams/index.js',
    because: 'no call of ours streams events',
    instead: absent('EventStreamSerde', 'eventStreamSerdeProvider'),
  },
  {
    module: '@smithy/signature-v4/dist-es/HeaderFormatter.js',
    because: 'it formats the headers of streamed events',
    instead: 'export class HeaderFormatter {}',
  },
  {
    module: '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js',
    because: 'Node has SHA-256 built in',
    instead: absent('Sha256Js'),
  },
  {
    module: '@smithy/core/dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js',
    because: 'nobody sets AWS_RETRY_MODE=adaptive',
    instead: absent('AdaptiveRetryStrategy'),
  },
  {
    module: '@aws-sdk/core/dist-es/submodules/client/middleware-logger/loggerMiddleware.js',
    because: 'calls are logged by nobody; without it nothing of them is prepared for logging either',
    instead: `
      export const getLoggerPlugin = () => ({ applyToStack() {} })
      export const loggerMiddlewareOptions = {}
      ${absent('loggerMiddleware')}`,
  },
  {
    module: '@smithy/core/dist-es/submodules/client/smithy-client/schemaLogFilter.js',
    because: 'it takes secrets out of what is logged, and nothing is',
    instead: "export const schemaLogFilter = () => '***'",
  },
  {
    module: '@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/check-features.js',
    because: 'it tells AWS in every request which features of the SDK are in use',
    instead: 'export async function checkFeatures() {}',
  },
  {
    module: '@aws-sdk/core/dist-es/submodules/client/emitWarningIfUnsupportedVersion.js',
    because: 'it warns of old versions of Node, and the version is ours to choose',
    instead: 'export const state = {}\nexport const emitWarningIfUnsupportedVersion = () => undefined',
  },
  {
    module: '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/service-customizations/index.js',
    because: 'we do not use S3',
    instead: absent('resolveParamsForS3'),
  },
  {
    module: '@aws-sdk/lib-dynamodb/dist-es/pagination/index.js',
    because: 'the store reads its pages itself',
    instead: 'export {}',
  },
]
