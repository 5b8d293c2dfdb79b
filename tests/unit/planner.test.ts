import { describe, expect, test } from 'vitest'
import { demandOf, fromBuckets, maxAllocations, planReservation } from '#shared/stock/planner.ts'
import { always } from '#tests/support/property.ts'
import { availableIn, fillingSets, fills, level, plan, scenes, sum, warehouse } from './supply-scenes.ts'

const few = scenes(1, 5)

describe('a plan', () => {
  test.each([
    ['a few', few],
    ['more than a dozen', scenes(13, 16)],
  ])('from %s warehouses takes exactly the demand, each level once and within stock', (_, arbitrary) => {
    always(arbitrary, (scene) => {
      const made = plan(scene)
      if (made.outcome !== 'filled') return
      const taken = (sku: string) => made.allocations.filter((one) => one.sku === sku).map(({ quantity }) => quantity)
      for (const [sku, quantity] of scene.demand) expect(sum(taken(sku))).toBe(quantity)
      const sources = made.allocations.map(({ sku, warehouse_id, bucket, quantity }) => {
        const source = scene.levels.find(
          (one) => one.sku === sku && one.warehouse_id === warehouse_id && one.bucket === bucket,
        )
        expect(quantity).toBeGreaterThan(0)
        expect(quantity).toBeLessThanOrEqual(source?.available ?? 0)
        return source
      })
      expect(new Set(sources).size).toBe(sources.length)
      expect(made.warehouses.toSorted()).toEqual([...new Set(made.allocations.map((a) => a.warehouse_id))].toSorted())
    })
  })

  test('is short exactly when stock of some SKU is short, and says of which and how much', () => {
    always(few, (scene) => {
      const ids = scene.warehouses.map(({ id }) => id)
      const missing = [...scene.demand]
        .map(([sku, requested]) => ({ sku, requested, available: availableIn(scene, sku, ids) }))
        .filter(({ requested, available }) => available < requested)
      const made = plan(scene)
      expect(made.outcome === 'short').toBe(missing.length > 0)
      if (made.outcome === 'short') expect(made.missing).toEqual(missing)
    })
  })

  test('takes everything from the first warehouse by priority that has everything', () => {
    always(few, (scene) => {
      const first = scene.warehouses.find(({ id }) => fills(scene, [id]))
      if (first) expect(plan(scene)).toMatchObject({ outcome: 'filled', warehouses: [first.id] })
    })
  })

  test('uses as few warehouses as possible', () => {
    always(few, (scene) => {
      const made = plan(scene)
      if (made.outcome !== 'filled') return
      expect(made.warehouses.length).toBe(Math.min(...fillingSets(scene).map((ids) => ids.length)))
    })
  })

  test.each([
    [maxAllocations, 'filled'],
    [maxAllocations + 1, 'fragmented'],
  ])('of %i single units from as many levels is %s', (units, outcome) => {
    const levels = [0, 1].flatMap((w) => Array.from({ length: 32 }, (_, bucket) => level('S0', w, bucket, 1)))
    const made = planReservation(new Map([['S0', units]]), levels, [warehouse(0), warehouse(1)], () => 0)
    expect(made.outcome).toBe(outcome)
    if (made.outcome === 'filled') expect(made.allocations).toHaveLength(units)
  })

  test('always fits into one transaction, beside an order, its reference and two events', () => {
    expect(2 * maxAllocations + 4).toBeLessThanOrEqual(100)
  })
})

describe('a split over buckets of 4, 2 and 9 units', () => {
  const buckets = [level('S0', 0, 0, 4), level('S0', 0, 1, 2), level('S0', 0, 2, 9)]

  test.each<[number, number, [number, number][]]>([
    [4, 0, [[0, 4]]],
    [3, 1, [[2, 3]]],
    [2, 1, [[1, 2]]],
    // biome-ignore format: one case a line
    [10, 1, [[2, 9], [0, 1]]],
    // biome-ignore format: one case a line
    [15, 0, [[2, 9], [0, 4], [1, 2]]],
    [0, 0, []],
  ])('of %i units, bucket %i first, takes %j', (quantity, first, expected) => {
    expect(fromBuckets(quantity, buckets, first).map((one) => [one.bucket, one.quantity])).toEqual(expected)
  })
})

test('demand adds up the lines of a SKU and ignores lines without a product', () => {
  const lines = [{ sku: 'B', quantity: 2 }, { quantity: 1 }, { sku: 'A', quantity: 1 }, { sku: 'B', quantity: 3 }]
  expect(Object.fromEntries(demandOf(lines))).toEqual({ B: 5, A: 1 })
})
