import pLimit from 'p-limit'
import type { BackgroundContext } from '#shared/runtime/background-context.ts'
import { log } from '#shared/runtime/log.ts'

const parallel = 8

/** Does something to each of a page of orders; one that fails is logged and keeps no other from its turn. */
export async function forEachOrder(
  { requestId }: BackgroundContext,
  ids: readonly string[],
  work: (id: string) => Promise<void>,
): Promise<void> {
  const limit = pLimit(parallel)
  await Promise.all(
    ids.map((id) =>
      limit(() =>
        work(id).catch((error: unknown) => log.error('orderFailed', { request_id: requestId, order_id: id, error })),
      ),
    ),
  )
}
