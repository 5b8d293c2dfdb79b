import { beforeAll, expect, test } from 'vitest'
import { migrate } from '#shared/jobs/migrate.ts'
import { processDueOrders } from '#shared/jobs/process-due-orders.ts'
import { rebuildCounters } from '#shared/jobs/rebuild-counters.ts'
import { reconcile } from '#shared/jobs/reconcile.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'
import { newProduct, order, useWorld } from '#tests/support/world.ts'
import { oldUsers } from './old-users.ts'

const world = useWorld()

/** More than a page of everything. */
beforeAll(async () => {
  const [sku] = await Promise.all(Array.from({ length: 30 }, () => newProduct(world.services, 10)))
  await Promise.all(
    Array.from({ length: 30 }, () => order(world.services, { lines: [{ sku: sku ?? '', quantity: 1 }] })),
  )
  await oldUsers(world).store(250)
})

type Job = (services: Services, context: BackgroundContext) => Promise<unknown>

test.each<[string, Job]>([
  ['reconcile', reconcile],
  ['rebuild-counters', rebuildCounters],
  ['process-due-orders', (services, context) => processDueOrders(services, [], context)],
  ['migrate', migrate],
])('%s stops while there is time to store its position', async (name, job) => {
  const { clock, services } = world
  let remembered = Number.NaN
  const transact: typeof services.store.transact = (writes) => {
    remembered = clock.now()
    return services.store.transact(writes)
  }
  // Every look at the clock takes half a second.
  const slow = { now: () => (clock.time += 500), sleep: clock.sleep }
  const context = { requestId: 'job-run', deadline: clock.now() + 10_500 }
  await job({ ...services, clock: slow, store: { ...services.store, transact } }, context)
  const state = name === 'migrate' ? `migrate to ${services.store.migrations.target}` : name
  const { position } = await services.store.jobs.state(state)
  expect(position).not.toBeNull()
  expect(remembered).toBeLessThan(context.deadline)
})
