import { Template } from 'aws-cdk-lib/assertions'
import { beforeAll, describe, expect, test } from 'vitest'
import { holdfastApp } from '#infra/holdfast.ts'
import { secretsOf } from '#shared/api/contract.ts'
import { operations } from '#shared/api/operations.ts'
import { secretId, secretSchemas } from '#shared/runtime/secrets.ts'

interface Role {
  Properties: { Policies?: { PolicyDocument: { Statement: { Resource: unknown }[] } }[] }
}

let roles: [string, Role][]
let eventRoles: [string, Role][]
beforeAll(() => {
  const { api, events } = holdfastApp({ outdir: 'cdk.out/secret-readers' }, 'prod')
  const rolesOf = (stack: typeof api) => Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Role'))
  roles = rolesOf(api) as [string, Role][]
  eventRoles = rolesOf(events) as [string, Role][]
}, 60_000)

const resourcesOf = ([, { Properties }]: [string, Role]): string =>
  JSON.stringify(
    (Properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map((one) => one.Resource)),
  )

/** Functions whose policies name a secret. */
const readers = (secret: string): string[] =>
  roles
    .filter((role) => resourcesOf(role).includes(`${secret}-??????`))
    .map(([id]) => id.replace(/Role[0-9A-F]{8}$/, ''))
    .toSorted()

/** Besides these, the deployment creates each secret and the rotation replaces it. */
const and = (others: string[]): string[] => [...others, 'BootstrapFunction', 'RotateKeys'].toSorted()

describe('may be read', () => {
  test('keys that sign access tokens: by the functions that issue them', () => {
    expect(readers('holdfast/prod/signing-keys')).toEqual(and(['LogIn', 'Refresh']))
  })

  test('secrets of refresh tokens: by the functions that issue them, and by the logout, which checks them', () => {
    expect(readers('holdfast/prod/refresh-secrets')).toEqual(and(['LogIn', 'LogOut', 'Refresh']))
  })

  test('public keys: by the functions that verify access tokens', () => {
    const verifiers = ['Authorizer', 'GetJwks', 'GetMetrics', 'LogOut', 'Register']
    expect(readers('holdfast/prod/verification-keys')).toEqual(and(verifiers))
  })

  test('secrets of cursors: by the lists', () => {
    const lists = operations.filter(({ route }) => route.query && 'cursor' in route.query.shape)
    expect(lists.length).toBeGreaterThan(5)
    const names = lists.map(({ operation }) => `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`)
    expect(readers('holdfast/prod/cursor-secrets')).toEqual(and(names))
  })

  test('secrets that API keys are made with: by the functions that show a new key', () => {
    expect(readers('holdfast/prod/api-key-secrets')).toEqual(and(['CreateApiKey', 'RotateApiKey']))
  })

  test('the metrics token: by the metrics', () => {
    expect(readers('holdfast/prod/metrics-token')).toEqual(and(['GetMetrics']))
  })

  test('the first admin’s password: by the bootstrap', () => {
    expect(readers('holdfast/prod/first-admin')).toEqual(['BootstrapFunction'])
  })

  test('no secret: by functions of events, jobs and workflows, except the one that recovers the first admin', () => {
    expect(eventRoles.length).toBeGreaterThan(10)
    const readers = eventRoles.filter((role) => resourcesOf(role).includes('holdfast/prod/'))
    expect(readers.map(([id]) => id)).toEqual([expect.stringMatching(/^recoveradminRole/i)])
    const named = readers.flatMap((role) => resourcesOf(role).match(/holdfast\/prod\/\w+-\w+/g) ?? [])
    expect(new Set(named)).toEqual(new Set(['holdfast/prod/first-admin']))
  })
})

test('no list and no function without a login reads what forges an access token', () => {
  const issuers = operations.filter(({ route }) => secretsOf(route).includes('signing'))
  expect(issuers.map(({ operation }) => operation)).toEqual(['logIn', 'refresh'])
  for (const { operation, route } of operations) {
    if (route.query) expect(secretsOf(route), operation).not.toContain('refresh')
    if (route.access !== 'admin') expect(secretsOf(route), operation).not.toContain('apiKey')
  }
})

test('every secret has a name of its own', () => {
  const names = Object.keys(secretSchemas).map((name) => secretId('holdfast/prod', name as keyof typeof secretSchemas))
  expect(new Set(names).size).toBe(names.length)
})
