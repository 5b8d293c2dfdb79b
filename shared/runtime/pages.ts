import type { CallerContext } from '#shared/requests/caller.ts'
import type { CursorScope } from '#shared/requests/cursor.ts'
import { type PageQuery, paging } from '#shared/requests/paging.ts'
import { cursorKeyring } from './secrets.ts'

/**
 * The pages of a list for one caller; another caller cannot use its cursors.
 * @param parts what else the list depends on besides the query
 * @throws Refusal `invalid_cursor`
 */
export const pagesFor = async (
  services: Parameters<typeof cursorKeyring>[0],
  { caller }: Pick<CallerContext, 'caller'>,
  query: PageQuery,
  [list, ...parts]: readonly [list: string, ...parts: CursorScope],
) => paging(await cursorKeyring(services), [list, caller.id, ...parts], query)
