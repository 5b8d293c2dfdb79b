import { afterEach, describe, expect, test } from 'vitest'
import { stageOf } from '#infra/stages.ts'
import { denied, Refusal } from '#tests/support/answering-account.ts'
import { deployedStacks, fittingTable, streamArn, tableResource } from '#tests/support/sample-account.ts'
import { addresses, contextOf, endAccount, kinds, lookAt, own } from './look-at-account.ts'

afterEach(endAccount)

describe('adopting a table', () => {
  const adopting = ['stage=prod', 'tableName=kept', `tableStreamArn=${streamArn}`]

  test('a named table is passed to the stacks with its stream', async () => {
    const { errors, warnings, runs } = await lookAt({}, { table: 'kept' })
    expect([...errors, ...warnings]).toEqual([])
    expect(runs().map(contextOf)).toEqual([adopting])
  })

  test('the stacks that import the own table let go of it before the data stack does', async () => {
    const { oks, runs } = await lookAt(
      deployedStacks(kinds, { outputs: { TableName: own }, resources: [tableResource(own)] }),
      { table: 'kept' },
    )
    const [first, second, ...more] = runs()
    expect(first).toEqual(['deploy', ...kinds.slice(1), '--exclusively', ...(second?.slice(2) ?? [])])
    expect(second?.slice(0, 2)).toEqual(['deploy', '--all'])
    expect(contextOf(second)).toEqual(adopting)
    expect(more).toEqual([])
    expect(oks).toContainEqual(`The table ${own} is kept when the stage adopts kept.`)
  })

  test('a stage that does not keep data says that its own table is deleted', async () => {
    const stage = { ...stageOf('dev'), ...addresses }
    const devKinds = kinds.map((name) => name.replace('prod', 'dev'))
    const { warnings } = await lookAt(
      deployedStacks(devKinds, { outputs: { TableName: own }, resources: [tableResource(own)] }),
      { table: 'kept', stage },
    )
    expect(warnings).toEqual([expect.stringContaining(`${own} is DELETED`)])
  })

  test('later deployments stay with it without being asked', async () => {
    const { runs } = await lookAt(
      deployedStacks(kinds, { outputs: { TableName: 'kept' }, resources: [tableResource(own, 'DELETE_SKIPPED')] }),
    )
    expect(runs().map(contextOf)).toEqual([adopting])
  })

  test('a stage that uses its own table adopts nothing, even when it is named', async () => {
    for (const table of ['', own]) {
      const { runs } = await lookAt(
        deployedStacks(kinds, { outputs: { TableName: own }, resources: [tableResource(own)] }),
        { table },
      )
      expect(runs().map(contextOf)).toEqual([['stage=prod']])
      await endAccount()
    }
  })

  test.each([
    ['is missing', new Refusal('ResourceNotFoundException'), 'There is no table kept'],
    ['is not ready', { Table: { ...fittingTable.Table, TableStatus: 'CREATING' } }, 'is CREATING'],
    ['has other keys', { Table: { ...fittingTable.Table, KeySchema: [] } }, 'this is another table'],
    ['lacks indexes', { Table: { ...fittingTable.Table, GlobalSecondaryIndexes: [] } }, 'lacks the index by-owner'],
    [
      'has no stream',
      { Table: { ...fittingTable.Table, StreamSpecification: undefined } },
      'needs a stream of KEYS_ONLY',
    ],
    [
      'has a stream of images',
      { Table: { ...fittingTable.Table, StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } } },
      'now it is NEW_IMAGE',
    ],
  ])('a table that %s is an error', async (_, DescribeTable, message) => {
    const { errors } = await lookAt({ DescribeTable }, { table: 'kept' })
    expect(errors).toContainEqual(expect.stringContaining(message))
  })

  test('a table whose stream is unknown is not adopted at all', async () => {
    const { runs } = await lookAt({ DescribeTable: denied }, { table: 'kept' })
    expect(runs).toThrow('its stream is unknown')
  })

  test('what a restored table lacks is pointed out', async () => {
    const { errors, warnings } = await lookAt(
      {
        DescribeTable: { Table: { ...fittingTable.Table, DeletionProtectionEnabled: false } },
        DescribeTimeToLive: { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } },
        DescribeContinuousBackups: { ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED' } },
      },
      { table: 'kept' },
    )
    expect(errors).toEqual([])
    expect(warnings).toEqual([
      'kept keeps expired items: enable its time to live by expires_at.',
      'kept cannot be restored: enable its point-in-time recovery.',
      'kept can be deleted: enable its deletion protection.',
    ])
  })
})
