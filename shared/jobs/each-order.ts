import pLimit from 'p-limit'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'

const maxParallel = 8

/** Runs `work` for each order, several at a time. A failure is logged and does not affect the others. */
export async function forEachOrder(
  { requestId }: BackgroundContext,
  ids: readonly string[],
  work: (id: string) => Promise<void>,
): Promise<void> {
  const limit = pLimit(maxParallel)
  await Promise.all(
    ids.map((id) =>
      limit(() =>
        work(id).catch((error: unknown) => log.error('orderFailed', { request_id: requestId, order_id: id, error })),
      ),
    ),
  )
}
