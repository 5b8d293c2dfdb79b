import { secretsFromManager } from '#shared/aws/secrets-manager.ts'
import { type Connection, createClient } from '#shared/dynamodb/connection.ts'
import { Reachability } from '#shared/dynamodb/reachability.ts'
import type { RequestContext } from '#shared/requests/caller.ts'
import type { Guard } from '#shared/requests/guard.ts'
import { type Clock, systemClock } from '#shared/runtime/clock.ts'
import { type Config, readConfig } from '#shared/runtime/config.ts'
import { secretSources, secretsFromFile } from '#shared/runtime/secrets.ts'
import type { Services } from '#shared/runtime/services.ts'
import { createStore, emptyCaches } from '#shared/store/store.ts'

/** What a process (a Lambda instance) keeps between requests. */
export interface Runtime {
  config: Config
  clock: Clock
  /** Created on first use. */
  readonly client: Connection['client']
  /**
   * @param deadline epoch milliseconds after which the store starts no further attempt
   * @param guard admits the writes of the request that these services are for
   */
  servicesUntil(deadline: number, guard?: Guard): Services
}

export function createRuntime(
  environment: Record<string, string | undefined>,
  clock: Clock = systemClock,
  random: () => number = Math.random,
): Runtime {
  const config = readConfig(environment)
  let created: Connection['client'] | undefined
  const client = () => {
    created ??= createClient(config.DYNAMODB_ENDPOINT)
    return created
  }
  const { SECRETS_PREFIX: prefix, SECRETS_FILE: file } = config
  const secrets = secretSources(prefix === undefined ? secretsFromFile(file) : secretsFromManager(prefix), clock)
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

/** The runtime of this process; created on first use, so that importing a handler has no side effects. */
export const runtime = (): Runtime => {
  instance ??= createRuntime(process.env)
  return instance
}

export const services = ({
  deadline,
  guard,
  requestId,
}: Pick<RequestContext, 'deadline' | 'guard'> & { requestId?: string }): Services => ({
  ...runtime().servicesUntil(deadline, guard),
  requestId,
})
