import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stageOf } from '#infra/stages.ts'
import { textOf } from '#tests/support/documents.ts'
import pinned from './cost.json' with { type: 'json' }
import { measureRest } from './measured-rest.ts'
import { monthTable } from './month.ts'

const file = 'docs/deploying.md'

test('docs/deploying.md says what a month costs, with what runs and stays regardless of orders', async () => {
  const table = monthTable(await measureRest(), pinned.lives.delivered, stageOf('prod'))
  const part = /(?<=<!-- month -->\n)[\s\S]*?(?=\n<!-- \/month -->)/
  expect(textOf(file)).toMatch(part)
  // Written by `npx vitest run tests/load/month.test.ts -u`.
  const text = textOf(file).replace(part, () => table)
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../..', file))
})
