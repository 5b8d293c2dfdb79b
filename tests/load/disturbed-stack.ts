// The local stack with a stream that repeats, delays and reorders records, and a bus that writes down what it is given.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { main } from '#infra/local/main.ts'
import { TableStream } from '#infra/local/table-stream.ts'
import { bus } from '#shared/aws/event-bridge.ts'
import { seeded } from '#tests/support/seeded.ts'

const random = seeded(Number(process.env['DISTURBANCE_SEED'] ?? 1))
const rate = 0.2

const shuffled = <T>(things: readonly T[]): T[] =>
  things
    .map((thing) => ({ thing, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ thing }) => thing)

const { poll } = TableStream.prototype
TableStream.prototype.poll = function (handle) {
  return poll.call(this, async (records) => {
    const delayed = records.filter(() => random() < rate)
    const repeated = records.filter(() => random() < rate)
    const onTime = records.filter((record) => !delayed.includes(record))
    await handle(random() < rate ? shuffled(onTime) : onTime)
    await handle(shuffled([...delayed, ...repeated]))
  })
}

const log = join(process.env['DATA_DIR'] ?? '', 'published.jsonl')
const { replace } = bus
bus.replace = (inner) =>
  replace({
    async publish(envelopes) {
      await inner.publish(envelopes)
      appendFileSync(log, envelopes.map((envelope) => `${JSON.stringify(envelope)}\n`).join(''))
    },
  })

await main()
