import type { Actor } from '#shared/requests/caller.ts'
import { type HeaderSource, headerOf } from '#shared/requests/headers.ts'
import { Refusal } from '#shared/requests/refusal.ts'

/** The tag of a resource as one role sees it: `allowed_actions` and other parts depend on the role. */
export const entityTag = (version: number, role: Actor['role']): string => `"${version}-${role}"`

const tag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const tagSequence = `${tag}(?:[ \\t]*,[ \\t]*${tag})*`
const tagList = new RegExp(`^${tagSequence}$`)

/** A valid `If-Match`. */
export const ifMatchPattern = new RegExp(`^(?:\\*|${tagSequence})$`)

/** The entity tags in a header's value, without the `W/` of weak ones; undefined when it has anything else. */
const tagsIn = (value: string): string[] | undefined =>
  tagList.test(value) ? [...value.matchAll(/"[^"]*"/g)].map(([found]) => found) : undefined

/**
 * The versions that `If-Match` lets a request change. Any tag of a version stands for it, whatever role it was made for,
 * and also one that a proxy has weakened: what is compared is the version, which is exact.
 * @returns undefined when any version will do
 * @throws Refusal `malformed_request`: a condition that cannot be read must not count as met
 */
export function expectedVersions(event: HeaderSource): ReadonlySet<number> | undefined {
  const value = headerOf(event, 'if-match')?.trim()
  if (value === undefined || value === '*') return undefined
  const tags = tagsIn(value)
  if (!tags) throw new Refusal('malformed_request', 'If-Match takes entity tags, as ETag has them, or *.')
  return new Set(tags.flatMap((one) => /^"(\d{1,15})-[a-z]+"$/.exec(one)?.[1] ?? []).map(Number))
}

/** Whether `If-None-Match` says that the caller has the version of this tag. A header that cannot be read says nothing. */
export function isKnown(event: HeaderSource, current: string | undefined): boolean {
  const value = headerOf(event, 'if-none-match')?.trim()
  return value !== undefined && current !== undefined && (value === '*' || (tagsIn(value)?.includes(current) ?? false))
}
