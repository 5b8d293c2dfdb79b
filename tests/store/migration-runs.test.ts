import { describe, expect, test } from 'vitest'
import { backgroundFunctions } from '#shared/jobs/background-functions.ts'
import { drainMilliseconds, migrate } from '#shared/jobs/migrate.ts'
import { migrationStatus } from '#shared/jobs/migration-status.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import { functionTimeoutSeconds } from '#shared/runtime/function-definition.ts'
import type { Services } from '#shared/runtime/services.ts'
import { scanTable } from '#tests/support/invariants.ts'
import { useWorld } from '#tests/support/world.ts'
import { mortal } from './mortal.ts'
import { endless, learningRelease, migrateAll, oldUsers } from './old-users.ts'

const world = useWorld()
const users = oldUsers(world)

/** A migration that records where each of its pages began, and dies at a moment. */
function dying(at: number) {
  const begun: (string | null)[] = []
  const { step, ...life } = mortal(at)
  const { services } = world
  const { transact, migrations } = services.store
  const store: Services['store'] = {
    ...services.store,
    transact: (writes) => step(() => transact(writes)),
    migrations: {
      ...migrations,
      page(after) {
        begun.push(after)
        return step(() => migrations.page(after))
      },
    },
  }
  return { ...life, begun, services: { ...services, store } }
}

describe('the migration', () => {
  test('may be killed at any moment: later runs do the rest, and change nothing twice', async () => {
    for (let at = 0, survived = false; !survived; at += 1) {
      const ids = await users.store(3)
      const before = await Promise.all(ids.map(users.itemOf))
      const run = dying(at)
      survived = await run.survives(migrate(run.services, endless))
      await migrateAll(world)
      const after = before.map((item) => ({ ...item, schema: 3, epoch: 0, password_hash: { version: 1, hash: 'x' } }))
      expect(await Promise.all(ids.map(users.itemOf))).toEqual(after)
    }
  })

  test('resumes where the previous run ran out of time', async () => {
    const ids = await users.store(520)
    const { services, begun } = dying(Number.POSITIVE_INFINITY)
    const moved = await migrateAll({ clock: world.clock, services }, true)
    expect(moved.at(-1)).toBe(520)
    expect(moved[0]).toBeLessThanOrEqual(250)
    // A page a run, none of them twice: three of 250 for 520 users, in two rounds.
    const [first, second] = [begun.slice(0, begun.lastIndexOf(null)), begun.slice(begun.lastIndexOf(null))]
    for (const round of [first, second]) {
      expect(round[0]).toBeNull()
      expect(round.length).toBeGreaterThanOrEqual(3)
      expect(new Set(round).size).toBe(round.length)
    }
    expect(begun.length).toBe(moved.length)
    expect(await users.schemas(ids)).toEqual(new Set([3]))
  })

  test('resumes at the page where it was killed', async () => {
    await users.store(300)
    const killed = dying(2 * 260)
    expect(await killed.survives(migrate(killed.services, endless))).toBe(false)
    expect(killed.begun.length).toBeGreaterThan(1)
    const next = dying(Number.POSITIVE_INFINITY)
    await migrate(next.services, endless)
    expect(next.begun[0]).toBe(killed.begun.at(-1))
    await migrateAll(world)
  })

  test('is finished only when a round begun long after the first finds nothing left', async () => {
    const ids = await users.store(3)
    expect(await migrate(world.services, endless)).toEqual({ finished: false, moved: 3 })
    // An instance of the previous release was still writing.
    const [late = ''] = ids
    await users.rename(learningRelease, late, 'late')
    expect(await migrate(world.services, endless)).toEqual({ finished: false, moved: 3, seconds_to_wait: 120 })
    expect(await users.schemas([late])).toEqual(new Set([2]))
    world.clock.pass(2)
    expect(await migrate(world.services, endless)).toEqual({ finished: false, moved: 4 })
    expect(await users.schemas(ids)).toEqual(new Set([3]))
    expect(await migrate(world.services, endless)).toEqual({ finished: true, moved: 4 })
  })

  test('reports what is outdated, what is under way and what has finished, and changes nothing', async () => {
    const { services, clock } = world
    const ids = await users.store(520)
    const before = await migrationStatus(services, endless)
    expect(before).toMatchObject({
      finished: true,
      counted: { outdated: { 'user 2': 520 } },
      target: services.store.migrations.target,
      under_way: null,
    })
    expect(await users.schemas(ids)).toEqual(new Set([2]))
    const begunAt = isoTime(clock.now())
    await migrate(services, { ...endless, deadline: clock.now() })
    const during = await migrationStatus(services, endless)
    const moved = 520 - (during.counted.outdated['user 2'] ?? 0)
    expect(moved).toBeGreaterThan(0)
    expect(during.under_way).toEqual({ begun_at: begunAt, moved })
    await migrateAll(world)
    const after = await migrationStatus(services, endless)
    expect(after).toMatchObject({
      counted: { outdated: {} },
      ran: { [services.store.migrations.target]: isoTime(clock.now()) },
      under_way: null,
    })
  })

  test('counts over several requests when one has no time for the whole table', async () => {
    const { services, clock } = world
    await users.store(520)
    const hasty = { ...endless, deadline: clock.now() }
    let status = await migrationStatus(services, hasty)
    expect(status.finished).toBe(false)
    for (; !status.finished; ) status = await migrationStatus(services, hasty, status.counted)
    expect(status.counted.outdated).toEqual({ 'user 2': 520 })
    await migrateAll(world)
  })

  test('waits longer than any function may run', () => {
    const timeouts = [functionTimeoutSeconds, ...backgroundFunctions.map(({ timeoutSeconds }) => timeoutSeconds)]
    expect(drainMilliseconds).toBeGreaterThan(1000 * Math.max(...timeouts))
  })

  test('leaves every user in the current schema', async () => {
    const items = await scanTable(world.endpoint)
    const schemas = items.filter(({ entity }) => entity === 'user').map(({ schema }) => schema)
    expect(schemas.length).toBeGreaterThan(800)
    expect(new Set(schemas)).toEqual(new Set([3]))
  })
})
