import { expect, test } from 'vitest'
import { operations } from '#shared/api/operations.ts'
import { pathWords } from '#shared/products/product.ts'

test('no SKU is a word that stands where another route has a SKU', () => {
  const paths = operations.map(({ route }) => route.path)
  const folders = paths.filter((path) => path.includes('{sku}')).map((path) => path.slice(0, path.indexOf('{sku}')))
  const words = paths.flatMap((path) =>
    folders.filter((folder) => path.startsWith(folder)).map((folder) => path.slice(folder.length).split('/')[0] ?? ''),
  )
  const literal = new Set(words.filter((word) => !word.startsWith('{')))
  expect(new Set(pathWords)).toEqual(new Set(['.', '..', ...literal]))
})
