/** The one table: what the local stack creates and what the deployment declares. */
export const tableDefinition = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expires_at',
  stream: 'KEYS_ONLY',
  /** Keys only: the key of an entry never changes, so a list misses nothing while orders move, and a change of status costs no index write. */
  indexes: {
    'by-owner': { partitionKey: 'owner', sortKey: 'owner_sort' },
    listing: { partitionKey: 'list', sortKey: 'list_sort' },
    /** Orders that are not final. */
    open: { partitionKey: 'open', sortKey: 'list_sort' },
    /** Subjects whose relay may not have reached their last event; each leaves once it has. */
    unrelayed: { partitionKey: 'news', sortKey: 'list_sort' },
    /** Orders that something is to happen to at a known time. */
    due: { partitionKey: 'due', sortKey: 'due_sort' },
  },
} as const

export type IndexName = keyof typeof tableDefinition.indexes
