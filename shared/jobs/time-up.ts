import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import type { Services } from '#shared/runtime/services.ts'

/** Time to finish the current page and save the position: after the deadline, the store starts no more calls. */
const marginMilliseconds = 10_000

export const isTimeUp = (
  { clock }: Pick<Services, 'clock'>,
  { deadline }: Pick<BackgroundContext, 'deadline'>,
): boolean => clock.now() >= deadline - marginMilliseconds
