import { type Connection, pause } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import { type FailureOf, transact, type Write } from '#shared/dynamodb/transact.ts'
import type { Guard } from '#shared/requests/guard.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { accountEventStore } from './account-events.ts'
import { type ApiKeyCache, apiKeyStore } from './api-keys.ts'
import { attemptStore } from './attempts.ts'
import { codeStore } from './codes.ts'
import { counterStore } from './counters.ts'
import { erasureStore } from './erasures.ts'
import { jobStore } from './jobs.ts'
import { keys } from './keys.ts'
import { mailStore } from './mails.ts'
import { migrationStore } from './migrations.ts'
import { orderSweeps } from './order-sweeps.ts'
import { orderStore } from './orders.ts'
import { outboxStore } from './outbox.ts'
import { pendingStartStore } from './pending-starts.ts'
import { productStore } from './products.ts'
import { pseudonymKeyStore } from './pseudonym-key.ts'
import { sessionStore } from './sessions.ts'
import { standingReader } from './standing.ts'
import { stockStore } from './stock.ts'
import { stockAlertStore } from './stock-alerts.ts'
import { supplyReader } from './supply.ts'
import { supplyLister } from './supply-list.ts'
import { userStore } from './users.ts'
import { waitingLineStore } from './waiting-line.ts'
import { waitStore } from './waits.ts'
import { type WarehouseCache, warehouseStore } from './warehouses.ts'

/** What outlives a request: none can become wrong, only old (`buckets` are lower bounds, because they only grow). */
export interface StoreCaches {
  apiKeys: ApiKeyCache
  warehouses: WarehouseCache
  buckets: Map<string, number>
  pseudonyms: { key?: string }
}

export const emptyCaches = (): StoreCaches => ({
  apiKeys: new Map(),
  warehouses: { warehouses: [], readAt: Number.NEGATIVE_INFINITY },
  buckets: new Map(),
  pseudonyms: {},
})

/** A health check that waits longer is of no use. */
const pingMilliseconds = 800

/**
 * The table as the use cases of one request see it.
 * @param guard what must hold when they write; background work has none
 */
export const createStore = (connection: Connection, caches: StoreCaches, guard?: Guard) => ({
  accountEvents: accountEventStore(connection),
  apiKeys: apiKeyStore(connection, caches.apiKeys),
  attempts: attemptStore(connection),
  codes: codeStore(connection),
  counters: counterStore(connection),
  erasures: erasureStore(connection),
  jobs: jobStore(connection),
  mails: mailStore(),
  migrations: migrationStore(connection),
  orders: orderStore(connection),
  orderSweeps: orderSweeps(connection),
  outbox: outboxStore(connection),
  pendingStarts: pendingStartStore(connection),
  products: productStore(connection),
  pseudonymKey: pseudonymKeyStore(connection, caches.pseudonyms),
  sessions: sessionStore(connection),
  stock: stockStore(connection),
  stockAlerts: stockAlertStore(connection),
  readStanding: standingReader(connection),
  readSupply: supplyReader(connection, caches.buckets, async () => guard?.affordable),
  listSupply: supplyLister(connection),
  users: userStore(connection),
  waitingLine: waitingLineStore(connection),
  waits: waitStore(connection),
  warehouses: warehouseStore(connection, caches.warehouses),
  async transact<W extends Write<unknown>>(writes: W[]): Promise<FailureOf<W> | undefined> {
    await guard?.admitted
    await guard?.affordable
    for (const { replaces } of writes) assertExpected(guard, replaces)
    return transact(connection, writes)
  },
  /**
   * Repeats an attempt that lost a race, after a growing pause, until it returns something.
   * @throws Refusal `unavailable` when the time is up
   */
  async untilWritten<T>(attempt: () => Promise<T | undefined>): Promise<T> {
    for (let round = 0; ; round += 1) {
      const result = await attempt()
      if (result !== undefined) return result
      await pause(connection, round)
    }
  },
  /** Waits before round `round` + 1 of work that polls. */
  pause: (round: number) => pause(connection, round),
  /** @throws when the table does not answer within a second */
  async ping(): Promise<void> {
    const deadline = Math.min(connection.deadline, connection.clock.now() + pingMilliseconds)
    await getItem({ ...connection, deadline }, keys.ping())
  },
})

/**
 * The write itself is conditioned on the version it replaces, so nothing can come in between.
 * @throws Refusal `version_mismatch`
 */
function assertExpected(guard: Guard | undefined, version: number | undefined): void {
  if (!guard?.expected || version === undefined || guard.expected.has(version)) return
  throw new Refusal('version_mismatch', `The current version is ${version}. Read it and try again.`, { version })
}

export type Store = ReturnType<typeof createStore>
