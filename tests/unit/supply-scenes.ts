import * as fc from 'fast-check'
import { type Demand, type Plan, planReservation } from '#shared/stock/planner.ts'
import type { Level } from '#shared/stock/stock.ts'
import type { Warehouse } from '#shared/stock/warehouse.ts'

const at = '2026-11-20T00:00:00.000Z'

/** The `n`th warehouse by priority. */
export const warehouse = (n: number): Warehouse => ({
  id: `wh_${n}`,
  name: `Warehouse ${n}`,
  priority: n + 1,
  version: 1,
  created_at: at,
  updated_at: at,
})

export const level = (sku: string, warehouseNumber: number, bucket: number, available: number): Level => ({
  sku,
  warehouse_id: warehouse(warehouseNumber).id,
  bucket,
  on_hand: available + 2,
  reserved: 2,
  available,
})

/** Input of a planner. */
export interface Scene {
  demand: Demand
  levels: Level[]
  warehouses: Warehouse[]
  firstBucket: number
}

const three = { minLength: 3, maxLength: 3 }

/** Up to three SKUs in demand; three buckets of each in every warehouse, some of them empty. */
export const scenes = (minLength: number, maxLength: number): fc.Arbitrary<Scene> =>
  fc
    .record({
      wanted: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
      /** `grid[warehouse][sku][bucket]` units. */
      grid: fc.array(fc.array(fc.array(fc.integer({ min: 0, max: 5 }), three), three), { minLength, maxLength }),
      firstBucket: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ wanted, grid, firstBucket }) => ({
      demand: new Map(wanted.map((quantity, n) => [`S${n}`, quantity])),
      levels: grid.flatMap((skus, w) =>
        skus.flatMap((buckets, s) => buckets.map((units, bucket) => level(`S${s}`, w, bucket, units))),
      ),
      warehouses: grid.map((_, w) => warehouse(w)),
      firstBucket,
    }))

export const plan = ({ demand, levels, warehouses, firstBucket }: Scene): Plan =>
  planReservation(demand, levels, warehouses, () => firstBucket)

export const sum = (numbers: number[]): number => numbers.reduce((total, n) => total + n, 0)

export const availableIn = ({ levels }: Scene, sku: string, ids: string[]): number =>
  sum(levels.filter((one) => one.sku === sku && ids.includes(one.warehouse_id)).map(({ available }) => available))

/** Whether these warehouses together have everything. */
export const fills = (scene: Scene, ids: string[]): boolean =>
  [...scene.demand].every(([sku, quantity]) => availableIn(scene, sku, ids) >= quantity)

/** Every set of warehouses that has everything, by brute force. */
export const fillingSets = (scene: Scene): string[][] =>
  Array.from({ length: 2 ** scene.warehouses.length }, (_, bits) =>
    scene.warehouses.filter((_warehouse, n) => bits & (1 << n)).map(({ id }) => id),
  ).filter((ids) => fills(scene, ids))
