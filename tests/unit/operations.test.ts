import { describe, expect, test } from 'vitest'
import { actionsOf, isGuarded, isWrite } from '#shared/api/contract.ts'
import { operations, operationsAt } from '#shared/api/operations.ts'
import { rolesFor } from '#shared/api/roles.ts'

const names = (path: string): string[] => operationsAt(path).map(({ named }) => named.operation)

describe('the route table', () => {
  test('has no two operations with one method and path', () => {
    const served = operations.flatMap(({ route }) =>
      [route.method, ...(route.alias ? [route.alias] : [])].map((method) => `${method} ${route.path}`),
    )
    expect(new Set(served).size).toBe(served.length)
  })

  test('guards every write and every request of staff, with a read of account and session', () => {
    const writes = operations.filter(({ route }) => isWrite(route))
    expect(writes.length).toBeGreaterThan(15)
    for (const { operation, route } of operations) {
      if (route.access === 'public') continue
      for (const role of rolesFor(route.access)) {
        const ownReadOfUser = role === 'user' && !isWrite(route)
        expect(isGuarded(route, { role }), `${operation} by ${role}`).toBe(!ownReadOfUser)
      }
      expect(actionsOf(route), operation).toContain('dynamodb:BatchGetItem')
    }
  })

  test('grants no write to a safe operation', () => {
    const safe = operations.filter(({ route }) => route.access !== 'public' && !isWrite(route))
    expect(safe.map(({ operation }) => operation)).toContain('simulateReservation')
    const writing = /^dynamodb:(Put|Update|Delete|Batch[A-Z][a-z]*Write)/
    for (const { operation, route } of safe) {
      // What is charged to a budget is counted, but changes nothing that the caller can see.
      const counting = route.budget ? ['dynamodb:UpdateItem'] : []
      expect(
        actionsOf(route).filter((action) => writing.test(action)),
        operation,
      ).toEqual(counting)
    }
  })
})

describe('a path', () => {
  test.each([
    ['/orders', ['createOrder', 'listOrders']],
    ['/orders/create', ['createSimulatedOrder']],
    ['/orders/ord_1', ['getOrder', 'updateOrder']],
    ['/orders/ord_1/cancel', ['cancelOrder']],
    ['/stock/receipts', ['receiveStock']],
    ['/stock/receipts/movements', ['listMovements']],
    ['/', ['getRoot']],
    ['/nothing', []],
    ['/orders/ord_1/nothing', []],
    ['', []],
  ])('%s leads to %j, literal segments first', (path, expected) => {
    expect(names(path).toSorted()).toEqual(expected)
  })

  test('may end with one slash, not with two', () => {
    expect(names('/orders/create/')).toEqual(names('/orders/create'))
    expect(names('/orders/ord_1/')).toEqual(names('/orders/ord_1'))
    expect(names('/orders/create//')).toEqual([])
  })

  test('with an empty variable has no route', () => {
    expect(names('/orders//cancel')).toEqual([])
  })

  test('passes on its variables', () => {
    expect(operationsAt('/orders/ord_1/cancel').map(({ variables }) => variables)).toEqual([{ id: 'ord_1' }])
  })
})
