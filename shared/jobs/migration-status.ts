import * as z from 'zod/mini'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { isoTime } from '#shared/runtime/clock.ts'
import type { Services } from '#shared/runtime/services.ts'
import { migrationFigures, migrationHistory, migrationName } from './migration-state.ts'
import { isTimeUp } from './time-up.ts'

/** How far the items have been counted. */
const Counted = z.object({
  /** Where the next page to count begins; null before the first. */
  position: z.nullable(z.string()),
  /** Outdated items so far, by type and number of the schema, `user 1`, or without their claim, `product unclaimed`. */
  outdated: z.record(z.string(), z.int()),
})
type Counted = z.infer<typeof Counted>

/** What the migration job may be invoked with: `status` to report instead of migrating. */
export const MigrationRequest = z.strictObject({ status: z._default(z.boolean(), false), counted: z.optional(Counted) })

export interface MigrationStatus {
  /** False when the next request, with `counted`, goes on. */
  finished: boolean
  counted: Counted
  /** Schemas that this release writes, for the types whose schema has ever changed, and types that claim a second key. */
  target: string
  /** Migrations that have finished, by the schemas they moved everything to, with the time (ISO 8601). */
  ran: Record<string, string>
  /** The migration to `target`, when it has begun and not finished. */
  under_way: { begun_at: string; moved: number } | null
}

/** Reads the whole table, page by page, and changes nothing. */
export async function migrationStatus(
  services: Services,
  context: BackgroundContext,
  counted: Counted = { position: null, outdated: {} },
): Promise<MigrationStatus> {
  const { store } = services
  const { position, outdated } = await count(services, context, counted)
  const history = await store.jobs.state(migrationHistory)
  const { begun_at, moved = 0 } = migrationFigures(await store.jobs.state(migrationName(store)))
  return {
    finished: position === null,
    counted: { position, outdated },
    target: store.migrations.target,
    ran: Object.fromEntries(Object.entries(history.figures).map(([target, at]) => [target, isoTime(at)])),
    under_way: begun_at === undefined ? null : { begun_at: isoTime(begun_at), moved },
  }
}

/** @returns position null when all pages are counted */
async function count(services: Services, context: BackgroundContext, from: Counted): Promise<Counted> {
  const outdated = { ...from.outdated }
  let { position } = from
  do {
    const page = await services.store.migrations.page(position)
    for (const { before, claims } of page.outdated) {
      const schema = `${before['entity']} ${claims ? 'unclaimed' : before['schema']}`
      outdated[schema] = (outdated[schema] ?? 0) + 1
    }
    position = page.position
  } while (position !== null && !isTimeUp(services, context))
  return { position, outdated }
}

/** The status as people read it. */
export function statusLines({ target, counted, ran, under_way }: MigrationStatus): string[] {
  const outdated = Object.entries(counted.outdated).map(([schema, items]) => `${schema} (${items} items)`)
  const finished = Object.entries(ran).map(([schemas, at]) => `${schemas}, finished ${at}`)
  return [
    `Written    ${target}; all other types are of version 1`,
    `Outdated   ${outdated.join(', ') || 'nothing'}`,
    `Ran        ${finished.join('; ') || 'nothing'}`,
    ...(under_way ? [`Under way  ${target}, begun ${under_way.begun_at}, ${under_way.moved} items moved`] : []),
  ]
}
