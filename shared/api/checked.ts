import * as z from 'zod/mini'
import { type FieldError, invalidFields } from '#shared/requests/refusal.ts'
import { issueDetail } from './issue-detail.ts'
import { fieldErrors } from './problem.ts'

// Without this, zod/mini calls everything "Invalid input".
z.config({ localeError: issueDetail })

type Pointer = (path: readonly PropertyKey[]) => string

/** @throws Refusal `validation_failed` */
export function checked(schema: z.ZodMiniType, value: unknown, pointer: Pointer): unknown {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalidFields(...fieldErrors(parsed.error.issues, pointer))
  return parsed.data
}

/** What is wrong with a field that a request has twice. */
export const repeated = (pointer: string): FieldError => ({
  pointer,
  code: 'repeated',
  detail: 'is given more than once',
})

/** Fields by name, where each may be given once. @throws Refusal `validation_failed` */
export function fieldsOf(pairs: Iterable<readonly [string, string]>, pointer: Pointer): Record<string, string> {
  const fields = new Map<string, string>()
  const again = new Set<string>()
  for (const [name, value] of pairs) {
    if (fields.has(name)) again.add(name)
    fields.set(name, value)
  }
  if (again.size > 0) throw invalidFields(...[...again].map((name) => repeated(pointer([name]))))
  return Object.fromEntries(fields)
}
