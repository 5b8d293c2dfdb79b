import { StoredApiKey, StoredRotation } from '#shared/api-keys/stored-api-key.ts'
import { onlyNew, onlyVersion } from '#shared/dynamodb/conditions.ts'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { examinedPage, itemsOf, type Page, type PageRequest, type Select } from '#shared/dynamodb/list-page.ts'
import { getItem, getItems } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { writeOne } from '#shared/dynamodb/write-one.ts'
import { codec } from './codec.ts'
import { keys, listings } from './keys.ts'

const apiKeyCodec = codec('api_key', StoredApiKey)
const rotationCodec = codec('api_key_rotation', StoredRotation)

/** What stands in the way of a write. */
type ApiKeyConflict =
  | { kind: 'api_key_exists'; apiKey: StoredApiKey }
  | { kind: 'rotated_before'; rotation: StoredRotation }
  | { kind: 'limit_reached' }
  | { kind: 'changed' }

/** The keys that are in use, as they were read last, kept beyond one request. */
export type ApiKeyCache = Map<string, { apiKey: StoredApiKey; readAt: number }>

const cacheMilliseconds = 60_000
/** More than an installation has, as long as few are revoked. */
const cacheSize = 1000

/** What changes of a key after it was made, except for `last_used_at`, which is written without a condition on the version. */
const changing = ['secrets', 'version', 'revoked_at', 'revoked_by'] as const

export const apiKeyStore = (connection: Connection, cache: ApiKeyCache) => {
  const remember = (apiKey: StoredApiKey | undefined): StoredApiKey | undefined => {
    if (cache.size >= cacheSize) cache.clear()
    if (apiKey) cache.set(apiKey.id, { apiKey, readAt: connection.clock.now() })
    return apiKey
  }
  const get = async (id: string): Promise<StoredApiKey | undefined> =>
    apiKeyCodec.decodeFound(await getItem(connection, keys.apiKey(id)))
  return {
    get,

    /** The same as a batch: the action that every function is granted for the account of its caller. */
    async getStanding(id: string): Promise<StoredApiKey | undefined> {
      const [item] = await getItems(connection, [keys.apiKey(id)])
      return apiKeyCodec.decodeFound(item)
    },

    /** As it was at most a minute ago; undefined when it was not read. */
    cached(id: string): StoredApiKey | undefined {
      const entry = cache.get(id)
      return entry && connection.clock.now() - entry.readAt < cacheMilliseconds ? entry.apiKey : undefined
    },

    /** Reads it for the cache. */
    readForUse: async (id: string): Promise<StoredApiKey | undefined> => remember(await get(id)),

    /** When several processes note a use at once, one writes. */
    async noteUse(id: string, { at, unlessSince }: { at: string; unlessSince: string }): Promise<void> {
      const written = await writeOne(connection, {
        operation: {
          Update: {
            Key: keys.apiKey(id),
            UpdateExpression: 'SET last_used_at = :at',
            ConditionExpression:
              'attribute_exists(pk) AND (attribute_not_exists(last_used_at) OR last_used_at <= :since)',
            ExpressionAttributeValues: { ':at': at, ':since': unlessSince },
          },
        },
        failure: apiKeyCodec.decodeFound,
      })
      remember(written.failed ? written.failure : apiKeyCodec.decodeFound(written.item))
    },

    /** Newest first; all, or those selected. */
    list(select: Select<StoredApiKey> | undefined, page: PageRequest): Promise<Page<StoredApiKey>> {
      const listing = { index: 'listing', partitions: listings.apiKeys(), descending: true } as const
      return examinedPage(connection, listing, page, itemsOf(connection, apiKeyCodec.decode, select))
    },

    /** A key, counted. @param limit keys that there may be */
    create: (apiKey: StoredApiKey, limit: number): Write<ApiKeyConflict>[] => [
      {
        operation: {
          Put: { Item: apiKeyCodec.encode(keys.apiKey(apiKey.id), apiKey, listings.apiKey(apiKey)), ...onlyNew },
        },
        failure: (item) => ({ kind: 'api_key_exists', apiKey: apiKeyCodec.decode(item ?? {}) }),
      },
      {
        operation: {
          Update: {
            Key: keys.apiKeyCount(),
            UpdateExpression: 'ADD #keys :one SET entity = :entity, #schema = :one',
            ConditionExpression: 'attribute_not_exists(#keys) OR #keys < :limit',
            ExpressionAttributeNames: { '#keys': 'api_keys', '#schema': 'schema' },
            ExpressionAttributeValues: { ':one': 1, ':limit': limit, ':entity': 'api_key_count' },
          },
        },
        failure: () => ({ kind: 'limit_reached' }),
      },
    ],

    /** Changes a key as it was read. */
    change(before: StoredApiKey, after: StoredApiKey): Write<ApiKeyConflict> {
      const item = apiKeyCodec.encode(keys.apiKey(after.id), after)
      const set = changing.filter((name) => item[name] !== undefined)
      const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = onlyVersion(before.version)
      return {
        replaces: before.version,
        operation: {
          Update: {
            Key: keys.apiKey(after.id),
            UpdateExpression: `SET ${set.map((name) => `#${name} = :new_${name}`).join(', ')}`,
            ConditionExpression,
            ExpressionAttributeNames: {
              ...ExpressionAttributeNames,
              ...Object.fromEntries(set.map((name) => [`#${name}`, name])),
            },
            ExpressionAttributeValues: {
              ...ExpressionAttributeValues,
              ...Object.fromEntries(set.map((name) => [`:new_${name}`, item[name]])),
            },
          },
        },
        failure: () => ({ kind: 'changed' }),
      }
    },

    /** A key that was revoked makes room for another. */
    countOff: (): Write<ApiKeyConflict> => ({
      operation: {
        Update: {
          Key: keys.apiKeyCount(),
          UpdateExpression: 'ADD #keys :less',
          ExpressionAttributeNames: { '#keys': 'api_keys' },
          ExpressionAttributeValues: { ':less': -1 },
        },
      },
    }),

    rotation: async (id: string, digest: string): Promise<StoredRotation | undefined> =>
      rotationCodec.decodeFound(await getItem(connection, keys.apiKeyRotation(id, digest))),

    /** Lets the transaction pass only once for a request. */
    rememberRotation: (rotation: StoredRotation): Write<ApiKeyConflict> => ({
      operation: {
        Put: {
          Item: rotationCodec.encode(keys.apiKeyRotation(rotation.api_key_id, rotation.creation.digest), rotation),
          ...onlyNew,
        },
      },
      failure: (item) => ({ kind: 'rotated_before', rotation: rotationCodec.decode(item ?? {}) }),
    }),
  }
}
