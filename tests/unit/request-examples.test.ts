import { expect, test } from 'vitest'
import { operations } from '#shared/api/operations.ts'
import { requestExamples } from '#shared/api/request-examples.ts'

const withBody = operations.flatMap(({ operation, route }) => (route.body ? [{ operation, body: route.body }] : []))

test.each(withBody)('the documented bodies of $operation are valid', ({ operation, body }) => {
  const examples: readonly unknown[] = new Map(Object.entries(requestExamples)).get(operation) ?? [{}]
  for (const example of examples) expect(body.safeParse(example)).toMatchObject({ success: true })
})
