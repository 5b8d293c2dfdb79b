import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { RequestContext } from '#shared/requests/caller.ts'
import type { WriteGuard } from '#shared/requests/write-guard.ts'
import { type Connection, createClient } from '#shared/store/connection.ts'
import { Reachability } from '#shared/store/reachability.ts'
import { createStore, emptyCaches, type Store } from '#shared/store/store.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Config, readConfig } from './config.ts'
import { type SecretSource, secretSource, secretsFromFile } from './secrets.ts'
import { secretsFromManager } from './secrets-manager.ts'

/** Everything a use case reaches the world through. */
export interface Services {
  config: Config
  clock: Clock
  secrets: SecretSource
  store: Store
}

/** What a process (a Lambda instance) keeps between requests. */
export interface Runtime {
  config: Config
  clock: Clock
  /** Made on first use. */
  readonly client: DynamoDBDocumentClient
  /**
   * @param deadline epoch ms after which the store starts no further attempt
   * @param guard of the one request these services are for
   */
  servicesUntil(deadline: number, guard?: WriteGuard): Services
}

export function createRuntime(
  environment: Record<string, string | undefined>,
  clock: Clock = systemClock,
  random: () => number = Math.random,
): Runtime {
  const config = readConfig(environment)
  let made: DynamoDBDocumentClient | undefined
  const client = () => {
    made ??= createClient(config.DYNAMODB_ENDPOINT)
    return made
  }
  const { SECRETS_ID: secretId, SECRETS_FILE: file } = config
  const secrets = secretSource(secretId === undefined ? secretsFromFile(file) : secretsFromManager(secretId), clock)
  const caches = emptyCaches()
  const reachability = new Reachability(clock, config.TABLE_SILENCE_MILLISECONDS)
  const connection = (deadline: number): Connection => ({
    get client() {
      return client()
    },
    table: config.TABLE_NAME,
    clock,
    random,
    reachability,
    deadline,
  })
  return {
    config,
    clock,
    get client() {
      return client()
    },
    servicesUntil: (deadline, guard) => ({
      config,
      clock,
      secrets,
      store: createStore(connection(deadline), caches, guard),
    }),
  }
}

let instance: Runtime | undefined

/** Of this process; made on first use, so that importing a handler has no effect. */
export const runtime = (): Runtime => {
  instance ??= createRuntime(process.env)
  return instance
}

/** The services of one request. */
export const services = ({ deadline, guard }: Pick<RequestContext, 'deadline' | 'guard'>): Services =>
  runtime().servicesUntil(deadline, guard)
