import type * as z from 'zod/mini'

const kinds: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

/** What lengths and sizes count, by the kind of value they are of. */
const units: Record<string, string> = { string: 'characters', array: 'entries' }

function outside(origin: string, comparison: 'less' | 'more', limit: number | bigint): string {
  const unit = units[origin]
  if (unit === undefined) return `is ${comparison} than ${limit}`
  if (comparison === 'more') return `has more than ${limit} ${unit}`
  return limit === 1 ? 'is empty' : `has fewer than ${limit} ${unit}`
}

/**
 * What is wrong with a value, as a client reads it after the name of the field. Zod's own sentences do not fit the words of
 * the schemas' checks, and weigh five times as much.
 */
export function issueDetail(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `is not ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `is not ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'too_small':
      return outside(issue.origin, 'less', issue.minimum)
    case 'too_big':
      return outside(issue.origin, 'more', issue.maximum)
    case 'invalid_format':
      return 'does not have the right form'
    default:
      return 'is not valid'
  }
}
