import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams'
import type { Outcome } from './worker.ts'

/** How far each shard has been read: sequence numbers by shard id; `null` when it has been read to its end. */
type Checkpoint = Record<string, string | null>

/**
 * Reads the table's stream as Lambda does: shard by shard, each batch again until it has been handled. The checkpoint is
 * a file, so a restart goes on where the last run stopped and repeats the batch it died in.
 */
export class TableStream {
  readonly #client: DynamoDBStreamsClient
  readonly #table: string
  readonly #file: string
  readonly #checkpoint: Checkpoint
  readonly #iterators = new Map<string, string>()
  #streamArn: string | undefined
  #shards: string[] = []

  constructor({ endpoint, table, checkpointFile }: { endpoint: string; table: string; checkpointFile: string }) {
    this.#client = new DynamoDBStreamsClient({ endpoint, maxAttempts: 1 })
    this.#table = table
    this.#file = checkpointFile
    this.#checkpoint = existsSync(checkpointFile) ? JSON.parse(readFileSync(checkpointFile, 'utf8')) : {}
  }

  /** Reads one batch of every shard. @param handle throws when the batch has to be delivered again */
  async poll(handle: (records: StreamRecord[]) => Promise<void>): Promise<Outcome> {
    if (this.#shards.length === 0) await this.#findShards()
    let outcome: Outcome = 'idle'
    for (const shard of this.#shards) {
      const records = await this.#read(shard, handle)
      if (records > 0) outcome = 'busy'
    }
    return outcome
  }

  async #findShards(): Promise<void> {
    if (this.#streamArn === undefined) {
      const { Streams = [] } = await this.#client.send(new ListStreamsCommand({ TableName: this.#table }))
      this.#streamArn = Streams[0]?.StreamArn
    }
    const { StreamDescription } = await this.#client.send(new DescribeStreamCommand({ StreamArn: this.#streamArn }))
    const ids = (StreamDescription?.Shards ?? []).flatMap(({ ShardId }) => ShardId ?? [])
    this.#shards = ids.filter((id) => this.#checkpoint[id] !== null)
  }

  async #read(shard: string, handle: (records: StreamRecord[]) => Promise<void>): Promise<number> {
    const ShardIterator = this.#iterators.get(shard) ?? (await this.#iteratorOf(shard))
    // If anything fails from here on, the next poll starts at the checkpoint.
    this.#iterators.delete(shard)
    const { Records = [], NextShardIterator } = await this.#client.send(new GetRecordsCommand({ ShardIterator }))
    if (Records.length > 0) {
      await handle(Records)
      this.#save(shard, Records.at(-1)?.dynamodb?.SequenceNumber ?? null)
    }
    if (NextShardIterator !== undefined) this.#iterators.set(shard, NextShardIterator)
    else {
      this.#save(shard, null)
      this.#shards = []
    }
    return Records.length
  }

  async #iteratorOf(shard: string): Promise<string | undefined> {
    const position = { StreamArn: this.#streamArn, ShardId: shard }
    const after = this.#checkpoint[shard]
    const fromStart = { ...position, ShardIteratorType: 'TRIM_HORIZON' as const }
    if (!after) return (await this.#client.send(new GetShardIteratorCommand(fromStart))).ShardIterator
    const fromCheckpoint = { ...position, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: after }
    try {
      return (await this.#client.send(new GetShardIteratorCommand(fromCheckpoint))).ShardIterator
    } catch (error) {
      // Streams keep records for a day: after a longer pause the two-minute job finds what was missed.
      if (!(error instanceof TrimmedDataAccessException)) throw error
      return (await this.#client.send(new GetShardIteratorCommand(fromStart))).ShardIterator
    }
  }

  #save(shard: string, position: string | null): void {
    this.#checkpoint[shard] = position
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#checkpoint))
    renameSync(`${this.#file}.new`, this.#file)
  }
}
