import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ExecutionFiles } from '#infra/local/execution-files.ts'
import { countsOf, isDerived } from '#shared/events/counts.ts'
import { templateFor } from '#shared/mail/mail-templates.ts'
import { OrderEvent } from '#shared/orders/order.ts'
import { counts } from '#tests/support/counts.ts'
import { crowd } from '#tests/support/crowd.ts'
import { type StoredItem, scanTable, violationsOf } from '#tests/support/invariants.ts'
import { adminPassword, startLocalStack } from '#tests/support/local-stack.ts'
import { newPerson, newProduct, signInAdmin } from '#tests/support/people.ts'
import { seeded } from '#tests/support/seeded.ts'
import { waitingViolationsOf } from '#tests/support/waiting-invariant.ts'
import { measured } from './measured.ts'
import { bringStock, live, liveToTheEnd } from './random-lives.ts'

const ofEntity = (items: StoredItem[], entity: string) => items.filter((item) => item['entity'] === entity)

/** Orders with events that were not relayed, or with work left for the job. */
function unfinished(items: StoredItem[]): number {
  const cursors = new Map(ofEntity(items, 'cursor').map(({ pk, sequence }) => [pk, sequence]))
  return ofEntity(items, 'order').filter(({ pk, sequence, due }) => cursors.get(pk) !== sequence || due !== undefined)
    .length
}

const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Messages that wait for their consumer. */
const waiting = (folder: string): number =>
  filesIn(join(folder, 'queues')).flatMap((queue) => filesIn(join(folder, 'queues', queue))).length

/** Those counters of the table that `isWanted` selects. */
function storedCounts(items: StoredItem[], isWanted: (name: string) => boolean): Record<string, number> {
  const totals: Record<string, number> = {}
  for (const item of ofEntity(items, 'counters')) {
    for (const [name, value] of Object.entries(item)) {
      if (isWanted(name)) totals[name] = (totals[name] ?? 0) + Number(value)
    }
  }
  return Object.fromEntries(Object.entries(totals).filter(([, count]) => count !== 0))
}

/** The mails about some events: names of their files, and how they are counted. */
function mailsOf(events: OrderEvent[]): { files: string[]; counts: Record<string, number> } {
  const mails = events.flatMap(({ order_id, sequence, type }) => {
    const template = templateFor(type)
    return template === undefined ? [] : [{ template, name: `${order_id}.${sequence}` }]
  })
  const byTemplate = Map.groupBy(mails, ({ template }) => `mails.${template}`)
  return {
    files: mails.flatMap(({ name }) => [`${name}.html`, `${name}.txt`]).toSorted(),
    counts: Object.fromEntries([...byTemplate].map(([counter, counted]) => [counter, counted.length])),
  }
}

/** Names of the executions that some events start: of orders of products, because others have no workflow. */
function executionsOf(items: StoredItem[], events: OrderEvent[]): string[] {
  const starts = ['order.reserved', 'order.reservation_failed', 'order.backordered']
  const kinds = new Map(ofEntity(items, 'order').map(({ id, kind }) => [id, kind]))
  const started = events.filter(({ order_id, type }) => kinds.get(order_id) === 'stock' && starts.includes(type))
  return started.map(({ order_id, sequence }) => `${order_id}-${sequence}`).toSorted()
}

describe('random lives of orders, while the stack is killed and its stream disturbed', () => {
  test('are published without gaps, counted exactly, mailed once, and end all workflows', async () => {
    const { lives, lifeKills } = counts
    const stack = await startLocalStack({
      entry: 'tests/load/disturbed-stack.ts',
      environment: { SCHEDULE_SECONDS: '2' },
    })
    onTestFinished(stack.stop)
    const admin = await signInAdmin(stack.baseUrl, adminPassword)
    const cast = {
      customer: await newPerson(stack.baseUrl, admin),
      operator: await newPerson(stack.baseUrl, admin, 'operator'),
      plenty: await newProduct(admin, { stock: lives * 3 }),
      none: await newProduct(admin),
    }
    // First each order lives at random, then all are brought to their end.
    const killAt = Array.from({ length: lifeKills }, (_, n) => Math.floor(((n + 1) * 2 * lives) / (lifeKills + 1)))
    let finished = 0
    let disaster = Promise.resolve()
    const finish = () => {
      finished += 1
      if (killAt.includes(finished)) disaster = disaster.then(stack.kill).then(stack.restart)
    }
    const ids = await measured(`Random lives, with ${lifeKills} kill(s)`, lives, async () => {
      const begun = await crowd(16, Array.from({ length: lives }), async (_, n) => {
        const id = await live(cast, seeded(n + 1))
        finish()
        return id
      })
      await bringStock(cast, lives * 3)
      await crowd(16, begun, async (id) => {
        await liveToTheEnd(cast, id)
        finish()
      })
      return begun
    })
    await disaster
    await expect
      .poll(async () => unfinished(await scanTable(stack.endpoint)), { timeout: 120_000, interval: 500 })
      .toBe(0)
    await expect.poll(() => waiting(stack.dataFolder), { timeout: 60_000 }).toBe(0)

    const executions = new ExecutionFiles(join(stack.dataFolder, 'workflows'))
    await expect.poll(() => executions.list('running').length, { timeout: 60_000 }).toBe(0)

    const items = await scanTable(stack.endpoint)
    expect([...violationsOf(items), ...waitingViolationsOf(items)]).toEqual([])
    expect(
      ofEntity(items, 'order')
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted())
    expect(
      ofEntity(items, 'order').filter(
        ({ open, status }) => open && ['DELIVERED', 'CANCELLED'].includes(String(status)),
      ),
    ).toEqual([])

    const events = ofEntity(items, 'event').map((item) => OrderEvent.parse(item))
    expect(storedCounts(items, isDerived)).toEqual(countsOf(events))

    const ended = executions.list('ended')
    expect(ended.filter(({ status }) => status !== 'SUCCEEDED')).toEqual([])
    expect(ended.map(({ name }) => name).toSorted()).toEqual(executionsOf(items, events))

    const mails = mailsOf(events)
    // Those who take part have registered, and are mailed a code.
    const ofAccounts = ofEntity(items, 'account_event').map(({ id }) => String(id))
    const files = [...mails.files, ...ofAccounts.flatMap((id) => [`${id}.html`, `${id}.txt`])]
    expect(filesIn(join(stack.dataFolder, 'mail')).toSorted()).toEqual(files.toSorted())
    const sent = storedCounts(items, (name) => name.startsWith('mails.'))
    expect(sent).toMatchObject(mails.counts)
    expect(Object.values(sent).reduce((sum, count) => sum + count, 0)).toBe(files.length / 2)

    const published = readFileSync(join(stack.dataFolder, 'published.jsonl'), 'utf8').trim().split('\n')
    const publishedIds = new Set(published.map((line) => (JSON.parse(line) as { id: string }).id))
    const ofOrders = events.map(({ order_id, sequence }) => `${order_id}.${sequence}`)
    expect([...publishedIds].toSorted()).toEqual([...ofOrders, ...ofAccounts].toSorted())
  })
})
