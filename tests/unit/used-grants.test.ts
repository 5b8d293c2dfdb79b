import { describe, expect, test } from 'vitest'
import { callerName, deployedFunctions, operationFunction } from '#infra/deployed-functions.ts'
import { operations } from '#shared/api/operations.ts'
import type { FunctionDefinition } from '#shared/runtime/function-definition.ts'
import { afterFailure } from '#tests/support/unused-grants.ts'
import { grantedTo, UsedGrants } from '#tests/support/used-grants.ts'

const excuses = { 'orders.get-order': { because: 'only after a failure', actions: ['dynamodb:Query'] } } as const

/** Every action that is granted, used once. */
const useAll = (functions: readonly FunctionDefinition[], grants: UsedGrants) => {
  for (const deployed of functions) {
    grants.add({ caller: callerName(deployed), actions: grantedTo(deployed), wasRefused: false })
  }
}

const route = operations.find(({ operation }) => operation === 'getOrder') ?? expect.fail('There is no such route')
const getOrder = operationFunction(route)
const without = (action: string) => ({ ...getOrder, uses: getOrder.uses.filter((granted) => granted !== action) })
const using = (...actions: string[]) => ({ caller: 'orders.get-order', actions, wasRefused: false })

describe('the actions that functions use', () => {
  test('are those that they are granted', () => {
    const grants = new UsedGrants()
    useAll(deployedFunctions, grants)
    expect(grants.compare().wrong).toEqual([])
    expect(grants.compare().lines.at(-1)).toMatch(/^(\d+)\/\1 granted actions were used$/)
  })

  test('are refused when their route does not declare them, with or without an excuse', () => {
    for (const granted of getOrder.uses) {
      const grants = new UsedGrants([without(granted)], {})
      useAll([getOrder], grants)
      const wrong = [`orders.get-order ${granted} was used but is not granted`]
      expect(grants.undeclared()).toEqual(wrong)
      expect(grants.compare().wrong).toEqual(wrong)
    }
  })

  test('are refused when they are on a secret that the route does not declare', () => {
    const [read, list] = [
      using('secretsmanager:GetSecretValue', 'secret:signing'),
      { ...getOrder, secrets: ['cursor'] as const },
    ]
    const grants = new UsedGrants([{ ...list, uses: ['secretsmanager:GetSecretValue'] }], {})
    grants.add(read)
    expect(grants.undeclared()).toEqual(['orders.get-order secret:signing was used but is not granted'])
  })

  test('of a function that does not exist are refused', () => {
    const grants = new UsedGrants([], {})
    grants.add(using('dynamodb:GetItem'))
    expect(grants.undeclared()).toEqual(['orders.get-order dynamodb:GetItem was used but is not granted'])
  })

  test('do not count when AWS has refused the call', () => {
    const grants = new UsedGrants([getOrder], {})
    grants.add({ ...using(...getOrder.uses, 'dynamodb:Scan'), wasRefused: true })
    expect(grants.undeclared()).toEqual([])
    expect(grants.compare().wrong).toEqual(getOrder.uses.map((action) => `orders.get-order ${action} was not used`))
  })
})

describe('an action that a function never used', () => {
  test('is reported, unless there is a reason', () => {
    const missing = new UsedGrants([getOrder], {})
    missing.add(using('dynamodb:GetItem', 'dynamodb:BatchGetItem'))
    expect(missing.compare().wrong).toEqual(['orders.get-order dynamodb:Query was not used'])
    const excused = new UsedGrants([getOrder], excuses)
    excused.add(using('dynamodb:GetItem', 'dynamodb:BatchGetItem'))
    expect(excused.compare().wrong).toEqual([])
    expect(excused.compare().lines).toContain('not used: orders.get-order dynamodb:Query: only after a failure')
  })

  test('needs no excuse when it is not granted', () => {
    const grants = new UsedGrants([without('dynamodb:Query')], excuses)
    grants.add(using('dynamodb:GetItem', 'dynamodb:BatchGetItem'))
    expect(grants.compare().wrong).toEqual(['orders.get-order dynamodb:Query is excused but not granted'])
  })

  test('is excused only for background functions, and where only a changed setting makes use of it', () => {
    const names = operations.map((named) => callerName(operationFunction(named)))
    expect(Object.keys(afterFailure).filter((name) => names.includes(name))).toEqual(['orders.create-simulated-order'])
  })
})
