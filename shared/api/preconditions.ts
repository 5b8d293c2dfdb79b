import type { APIGatewayProxyEvent } from 'aws-lambda'
import type { Role } from '#shared/requests/caller.ts'
import { Refusal } from '#shared/requests/refusal.ts'
import { headerOf } from './parse.ts'

/** Of a resource as one role sees it: `allowed_actions` and other parts depend on the role. */
export const entityTag = (version: number, role: Role): string => `"${version}-${role}"`

const tag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const tagSequence = `${tag}(?:[ \\t]*,[ \\t]*${tag})*`
const tagList = new RegExp(`^${tagSequence}$`)

/** What `If-Match` takes. */
export const ifMatchPattern = new RegExp(`^(?:\\*|${tagSequence})$`)

/** Entity tags of a header's value, without their marks of weakness; undefined when that is not what it is. */
const tagsIn = (value: string): string[] | undefined =>
  tagList.test(value) ? [...value.matchAll(/"[^"]*"/g)].map(([found]) => found) : undefined

/**
 * The versions that `If-Match` lets a request change. Any tag of a version stands for it, whatever role it was made for,
 * and also one that a proxy has weakened: what is compared is the version, which is exact.
 * @returns undefined when any version will do
 * @throws Refusal `malformed_request`: a condition that cannot be read must not count as met
 */
export function expectedVersions(event: Pick<APIGatewayProxyEvent, 'headers'>): ReadonlySet<number> | undefined {
  const value = headerOf(event, 'if-match')?.trim()
  if (value === undefined || value === '*') return undefined
  const tags = tagsIn(value)
  if (!tags) throw new Refusal('malformed_request', 'If-Match takes entity tags, as ETag has them, or *.')
  return new Set(tags.flatMap((one) => /^"(\d{1,15})-[a-z]+"$/.exec(one)?.[1] ?? []).map(Number))
}

/** Whether `If-None-Match` says that the caller has what the tag stands for. One that cannot be read has nothing. */
export function isKnown(event: Pick<APIGatewayProxyEvent, 'headers'>, current: string | undefined): boolean {
  const value = headerOf(event, 'if-none-match')?.trim()
  return value !== undefined && current !== undefined && (value === '*' || (tagsIn(value)?.includes(current) ?? false))
}
