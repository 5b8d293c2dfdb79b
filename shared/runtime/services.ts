import type { Store } from '#shared/store/store.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { SecretSources } from './secrets.ts'

/**
 * Everything through which a use case reaches the outside world. This is the only file that imports a type from a higher
 * floor: lower floors name the store's type through it, and receive the store itself as an argument.
 */
export interface Services {
  config: Config
  clock: Clock
  secrets: SecretSources
  store: Store
  /** Id of the request that these services are for, where there is one. */
  requestId?: string | undefined
}
