import type { JobState } from '#shared/store/jobs.ts'
import type { Store } from '#shared/store/store.ts'

/** Start of the first and of the current round, in epoch ms; items migrated in the current round and in total. */
export interface MigrationFigures {
  begun_at: number
  round_begun_at: number
  moved_in_round: number
  moved: number
}

/** Named after the target: the state of a migration to another schema does not apply. */
export const migrationName = ({ migrations }: Pick<Store, 'migrations'>): string => `migrate to ${migrations.target}`

/** Empty when none is under way. */
export const migrationFigures = ({ figures }: JobState): Partial<MigrationFigures> => figures

/** State in which the migrations that have finished are kept: times by target, epoch ms. */
export const migrationHistory = 'finished migrations'
