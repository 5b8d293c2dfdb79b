import type { Store } from '#shared/store/store.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { SecretSource } from './secrets.ts'

/**
 * Everything a use case reaches the world through. The one window upwards: the type of the store is known here, so that
 * nouns can name it, and the store itself is handed in.
 */
export interface Services {
  config: Config
  clock: Clock
  secrets: SecretSource
  store: Store
}
