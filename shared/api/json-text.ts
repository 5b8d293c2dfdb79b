import { type FieldError, invalidFields, Refusal } from '#shared/requests/refusal.ts'
import { repeated } from './checked.ts'
import { isExactNumber } from './exact-number.ts'
import { bodyPointer, unknownField } from './problem.ts'

const maxDepth = 20

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** An object or array that is still open, and the member the text has come to: undefined before an object's next name. */
interface Open {
  names: Set<string> | undefined
  member: string | number | undefined
}

/**
 * The value of a JSON text, if every reader would read the same one: RFC 8259 leaves it open what a repeated name or a
 * number beyond a double's precision means.
 * @throws Refusal `malformed_request`, `validation_failed` for each name and number that could be misread
 */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('malformed_request', 'The body is not JSON.')
  }
  const errors = ambiguitiesIn(text)
  if (errors.length > 0) throw invalidFields(...errors)
  return value
}

/** @param text that JSON.parse has read */
function ambiguitiesIn(text: string): FieldError[] {
  const errors: FieldError[] = []
  const open: Open[] = []
  const here = () => bodyPointer(open.map(({ member }) => member ?? ''))
  for (const [token] of text.matchAll(tokens)) {
    const inner = open.at(-1)
    if (token === '{') open.push({ names: new Set(), member: undefined })
    else if (token === '[') open.push({ names: undefined, member: 0 })
    else if (token === '}' || token === ']') open.pop()
    else if (token === ',' && inner) inner.member = typeof inner.member === 'number' ? inner.member + 1 : undefined
    else if (inner?.names && inner.member === undefined) {
      const name: string = JSON.parse(token)
      inner.member = name
      // Copied into an object, this name would become its prototype.
      if (name === '__proto__') errors.push(unknownField(here()))
      else if (inner.names.has(name)) errors.push(repeated(here()))
      inner.names.add(name)
    } else if (/^[-\d]/.test(token) && !isExactNumber(token)) {
      errors.push({ pointer: here(), code: 'inexact', detail: 'has more digits than can be kept' })
    }
    if (open.length > maxDepth) {
      throw new Refusal('malformed_request', `The body is nested more than ${maxDepth} levels deep.`)
    }
  }
  return errors
}
