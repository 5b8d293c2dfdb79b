import { KeyRole, type Role } from '#shared/requests/caller.ts'
import type { Route } from './contract.ts'

/** Roles that satisfy an operation's `access`. */
export function rolesFor(access: Role): readonly Role[] {
  if (access === 'user') return ['user', 'editor', 'operator', 'admin']
  return access === 'admin' ? ['admin'] : [access, 'admin']
}

/** Whether it is about the account that its caller signs in to. An API key has none. */
export const isAboutOwnAccount = ({ access, path }: Route): boolean => access !== 'public' && path.startsWith('/auth/')

/** Roles of API keys that may call it. Nothing about accounts: behind whatever happens to one there is a person. */
export function keyRolesFor(route: Route): KeyRole[] {
  const { access, area, integrations } = route
  if (access === 'public' || isAboutOwnAccount(route) || area === 'users') return []
  const roles: readonly string[] = [...rolesFor(access), ...(integrations ? ['integration'] : [])]
  return KeyRole.options.filter((role) => roles.includes(role))
}
