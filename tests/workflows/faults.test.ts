import { afterAll, describe, expect, test } from 'vitest'
import { namedMachines } from '#shared/workflows/machines.ts'
import { isFullProof } from '#tests/support/counts.ts'
import { stockOf } from '#tests/support/world.ts'
import { type Course, courses } from './courses.ts'
import { delayed, faults } from './faults.ts'
import type { OneOrder } from './one-order.ts'
import { useVirtualWorld } from './virtual-world.ts'

const world = useVirtualWorld()

/** When an order has ended, no stock is reserved for it and no execution is running. */
async function expectEnd(one: OneOrder): Promise<void> {
  const { status } = await one.read()
  expect(['DELIVERED', 'CANCELLED']).toContain(status)
  expect(await stockOf(world.services, one.sku)).toMatchObject({ reserved: 0 })
  expect(one.executions('running')).toEqual([])
  expect(one.executions('ended').map((execution) => execution.status)).not.toContain('FAILED')
}

const visited = new Set<string>()

/** States that behave alike, and take long to reach. */
const alike = [2, 3, 4, 5, 6, 7].map((n) => `await-stock-${n}`).concat('hand-over')

/** All courses in a full proof; otherwise a different one for every fault and state, and one of the states that are alike. */
function coursesOf(n: number): Course[] {
  if (isFullProof) return courses
  const byState = [...Map.groupBy(courses, ({ state }) => state)]
  const chosen = byState.filter(([state]) => !alike.includes(state) || alike[n % alike.length] === state)
  return chosen.flatMap(([, same]) => same[n % same.length] ?? [])
}

describe.each(Object.entries(faults).map(([name, fault], n) => ({ name, fault, n })))('when $name', ({ fault, n }) => {
  test.each(coursesOf(n))('an order in $state when $name comes to its end', async ({ state, run }) => {
    if (fault && 'inState' in fault) world.disturb(fault.inState(state))
    const one = await run(world, () => {
      if (fault && 'around' in fault) world.disturb(fault.around())
    })
    await one.finish()
    world.disturb({ stream: (records) => [records] })
    await world.until(() => one.executions('running').length === 0)
    for (const call of delayed.splice(0)) await call()
    await world.settle()
    await expectEnd(one)
    for (const { entered } of one.executions('ended')) for (const name of entered) visited.add(name)
  })
})

afterAll(() => {
  const states = namedMachines.flatMap(({ definition }) => Object.keys(definition.States))
  expect([...visited].toSorted()).toEqual([...new Set(states)].toSorted())
  const struck = new Set<string>(courses.map(({ state }) => state))
  const tasks = namedMachines.flatMap(({ definition }) =>
    Object.entries(definition.States).flatMap(([name, { Type }]) => (Type === 'Task' ? [name] : [])),
  )
  expect([...struck].toSorted()).toEqual(tasks.toSorted())
})
