import * as z from 'zod/mini'
import type { Connection } from '#shared/dynamodb/connection.ts'
import { getItem } from '#shared/dynamodb/read.ts'
import type { Write } from '#shared/dynamodb/transact.ts'
import { codec } from './codec.ts'
import { keys } from './keys.ts'

/** What a run of a job leaves to the next one. */
const JobState = z.object({
  /** Where to continue; null starts over. */
  position: z.nullable(z.string()),
  /** Numbers the job keeps, by name. */
  figures: z.record(z.string(), z.number()),
})
export type JobState = z.infer<typeof JobState>
const jobCodec = codec('job', JobState)

export const jobStore = (connection: Connection) => ({
  async state(name: string): Promise<JobState> {
    const item = await getItem(connection, keys.job(name))
    return item === undefined ? { position: null, figures: {} } : jobCodec.decode(item)
  },

  /** Unconditionally: overlapping runs do some work twice, which does no harm. */
  remember: (name: string, state: JobState): Write<never> => ({
    operation: { Put: { Item: jobCodec.encode(keys.job(name), state) } },
  }),
})
