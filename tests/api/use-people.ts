import { beforeAll, inject } from 'vitest'
import type { KeyRole, Role } from '#shared/requests/caller.ts'
import { newPerson, newProgram, type Person, type Program, signInAdmin } from '#tests/support/people.ts'

/**
 * The admin of the API under test, and a new person for each name, with that role: for the tests of one file.
 * @returns people who are signed in once `beforeAll` has run
 */
export function usePeople<Name extends string = never>(roles?: Record<Name, Role>): Record<Name | 'admin', Person> {
  const people: Record<string, Person> = { admin: {} as Person }
  const named = Object.entries<Role>(roles ?? {})
  for (const [name] of named) people[name] = {} as Person
  beforeAll(async () => {
    const baseUrl = inject('baseUrl')
    const admin = await signInAdmin(baseUrl, inject('adminPassword'))
    Object.assign(people['admin'] ?? {}, admin)
    await Promise.all(
      named.map(async ([name, role]) => Object.assign(people[name] ?? {}, await newPerson(baseUrl, admin, role))),
    )
  })
  return people
}

/** @returns a program that has an API key with this role once `beforeAll` has run */
export function useProgram(role: KeyRole): Program {
  const program = {} as Program
  beforeAll(async () => {
    const baseUrl = inject('baseUrl')
    const admin = await signInAdmin(baseUrl, inject('adminPassword'))
    Object.assign(program, await newProgram(baseUrl, admin, { role }))
  })
  return program
}
