import pLimit from 'p-limit'
import type { Subject } from '#shared/events/event.ts'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'

const maxParallel = 8

/** Runs `work` for each order, several at a time. A failure is logged and does not affect the others. */
export const forEachOrder = (
  context: BackgroundContext,
  ids: readonly string[],
  work: (id: string) => Promise<void>,
): Promise<void> =>
  forEachSubject(
    context,
    ids.map((id) => ({ subject: { order_id: id } })),
    ({ subject }) => work(subject.order_id),
  )

/** The same for orders and SKUs. */
export async function forEachSubject<S extends { subject: Subject }>(
  { requestId }: BackgroundContext,
  states: readonly S[],
  work: (state: S) => Promise<void>,
): Promise<void> {
  const limit = pLimit(maxParallel)
  await Promise.all(
    states.map((state) =>
      limit(() =>
        work(state).catch((error: unknown) =>
          log.error('order_id' in state.subject ? 'orderFailed' : 'skuFailed', {
            request_id: requestId,
            ...state.subject,
            error,
          }),
        ),
      ),
    ),
  )
}
