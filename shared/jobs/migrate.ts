import pLimit from 'p-limit'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Outdated } from '#shared/store/migrations.ts'
import { type MigrationFigures, migrationFigures, migrationHistory, migrationName } from './migration-state.ts'
import { isTimeUp } from './time-up.ts'

const maxParallel = 8

/** Longer than any function runs: writes that instances of the previous release had started are finished by then. */
export const drainMilliseconds = 120_000

/**
 * Migrates all items to the current schema while requests continue reading and writing. Scans the table in rounds, and is
 * finished when a round that began at least `drainMilliseconds` after the first found nothing to migrate. Run it when the
 * previous release is no longer deployed, because that would keep writing old items. A run that is killed is continued
 * from the page it was working on.
 * @returns whether the migration is finished (if not, the next run continues it), how many items were migrated, not
 * counting pages that were interrupted, and how long the next round has to wait
 */
export async function migrate(
  services: Services,
  context: BackgroundContext,
): Promise<{ finished: boolean; moved: number; seconds_to_wait?: number }> {
  const { store, clock } = services
  const name = migrationName(store)
  const before = await store.jobs.state(name)
  const now = clock.now()
  let figures: MigrationFigures = {
    begun_at: now,
    round_begun_at: now,
    moved_in_round: 0,
    moved: 0,
    ...migrationFigures(before),
  }
  let { position } = before
  if (position === null) {
    const isFirst = migrationFigures(before).begun_at === undefined
    const rest = figures.begun_at + drainMilliseconds - now
    if (!isFirst && rest > 0) {
      return { finished: false, moved: figures.moved, seconds_to_wait: Math.ceil(rest / 1000) }
    }
    figures = { ...figures, round_begun_at: now, moved_in_round: 0 }
  }
  for (;;) {
    const page = await store.migrations.page(position)
    const moved = await moveAll(services, page.outdated)
    figures = { ...figures, moved_in_round: figures.moved_in_round + moved, moved: figures.moved + moved }
    position = page.position
    const hasDrained = figures.round_begun_at >= figures.begun_at + drainMilliseconds
    const finished = position === null && figures.moved_in_round === 0 && hasDrained
    await store.transact([
      store.jobs.remember(name, { position, figures: finished ? {} : { ...figures } }),
      ...(finished ? [await addToHistory(services)] : []),
    ])
    if (position === null || isTimeUp(services, context)) return { finished, moved: figures.moved }
  }
}

/** Adds this migration to those that have finished. */
async function addToHistory({ store, clock }: Services) {
  const { figures } = await store.jobs.state(migrationHistory)
  return store.jobs.remember(migrationHistory, {
    position: null,
    figures: { ...figures, [store.migrations.target]: clock.now() },
  })
}

/** @returns how many items this run migrated; requests have rewritten the others in the current schema */
async function moveAll(services: Services, outdated: Outdated[]): Promise<number> {
  const limit = pLimit(maxParallel)
  const moved = await Promise.all(outdated.map((one) => limit(() => move(services, one))))
  return moved.filter((isMoved) => isMoved).length
}

async function move({ store }: Services, found: Outdated): Promise<boolean> {
  let outdated: Outdated | undefined = found
  for (let round = 0; outdated; round += 1) {
    const failure = await store.transact(store.migrations.renew(outdated))
    if (!failure) return true
    if (failure === 'claimed') outdated = store.migrations.next(outdated)
    else {
      await store.pause(round)
      outdated = await store.migrations.read(outdated.key)
    }
  }
  return false
}
