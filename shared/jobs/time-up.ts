import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'

/** What a page under way may take, and remembering it: at the deadline the store starts nothing any more. */
const keptBackMilliseconds = 10_000

/** Whether a job has to stop and leave the rest to its next run. */
export const isTimeUp = (
  { clock }: Pick<Services, 'clock'>,
  { deadline }: Pick<BackgroundContext, 'deadline'>,
): boolean => clock.now() >= deadline - keptBackMilliseconds
