import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environmentExample, settings, settingsPage } from './setting-documents.ts'

const root = join(import.meta.dirname, '../..')

test('every setting has a description where it is declared', () => {
  expect(settings.length).toBeGreaterThan(20)
  expect(settings.filter(({ description }) => description === '').map(({ name }) => name)).toEqual([])
})

test('docs/settings.md is generated from the declarations', async () => {
  await expect(settingsPage).toMatchFileSnapshot(join(root, 'docs/settings.md'))
})

test('.env.example is generated from the declarations', async () => {
  await expect(environmentExample).toMatchFileSnapshot(join(root, '.env.example'))
})
