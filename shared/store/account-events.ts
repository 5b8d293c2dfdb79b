import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { StoredAccountEvent } from '#shared/users/account-event.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

const eventCodec = codec('account_event', StoredAccountEvent)

/** Events of accounts: each is a subject of its own, so that one can be written without reading anything. */
export const accountEventStore = (connection: Connection) => ({
  append: (event: StoredAccountEvent): Write<never> => ({
    operation: { Put: { Item: eventCodec.encode(keys.accountEvent(event.id), event) } },
  }),

  /** Undefined once it has expired. */
  get: async (id: string): Promise<StoredAccountEvent | undefined> =>
    eventCodec.decodeFound(await getItem(connection, keys.accountEvent(id))),
})
