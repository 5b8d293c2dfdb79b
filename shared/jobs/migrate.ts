import pLimit from 'p-limit'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'
import type { Outdated } from '#shared/store/migrations.ts'
import { isTimeUp } from './time-up.ts'

const parallel = 8

/** Longer than any function runs: what an instance of the release before had begun to write is written by then. */
export const restMilliseconds = 120_000

/** When the first round and this round began, epoch ms; items moved in this round and in all. */
interface Figures {
  begun_at: number
  round_begun_at: number
  moved_in_round: number
  moved: number
}

/**
 * Moves all items to the schema of today, while everybody goes on reading and writing. Goes through the table round by round; done
 * is a round that found nothing left and began a while after the first. To be run when the release before is not deployed
 * any more: what that writes would have to be moved again and again. Killed anywhere, it goes on with the page it was at.
 * @returns whether all is done, if not the next run goes on; and how many items were moved, but for pages that were killed
 */
export async function migrate(
  services: Services,
  context: BackgroundContext,
): Promise<{ finished: boolean; moved: number }> {
  const { store, clock } = services
  // What is left of a migration to another schema says nothing about this one.
  const name = `migrate to ${store.migrations.target}`
  const before = await store.jobs.state(name)
  const now = clock.now()
  let figures: Figures = { begun_at: now, round_begun_at: now, moved_in_round: 0, moved: 0, ...before.figures }
  let { position } = before
  if (position === null) {
    const isFirst = before.figures['begun_at'] === undefined
    if (!isFirst && now < figures.begun_at + restMilliseconds) return { finished: false, moved: figures.moved }
    figures = { ...figures, round_begun_at: now, moved_in_round: 0 }
  }
  for (;;) {
    const page = await store.migrations.page(position)
    const moved = await moveAll(services, page.outdated)
    figures = { ...figures, moved_in_round: figures.moved_in_round + moved, moved: figures.moved + moved }
    position = page.position
    const hasRested = figures.round_begun_at >= figures.begun_at + restMilliseconds
    const finished = position === null && figures.moved_in_round === 0 && hasRested
    await store.transact([store.jobs.remember(name, { position, figures: finished ? {} : { ...figures } })])
    if (position === null || isTimeUp(services, context)) return { finished, moved: figures.moved }
  }
}

/** @returns how many were moved; others were changed meanwhile by somebody who knows the schema of today */
async function moveAll(services: Services, outdated: Outdated[]): Promise<number> {
  const limit = pLimit(parallel)
  const moved = await Promise.all(outdated.map((one) => limit(() => move(services, one))))
  return moved.filter((isMoved) => isMoved).length
}

async function move({ store }: Services, found: Outdated): Promise<boolean> {
  let outdated: Outdated | undefined = found
  for (let round = 0; outdated; round += 1) {
    if (!(await store.transact([store.migrations.renew(outdated)]))) return true
    await store.pause(round)
    outdated = await store.migrations.read(outdated.key)
  }
  return false
}
