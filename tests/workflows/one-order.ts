import type { Execution } from '#infra/local/execution-files.ts'
import type { StoredOrder } from '#shared/orders/order.ts'
import { isFinal, lacksStock } from '#shared/orders/transitions.ts'
import { act, newProduct, operator, order, owner, stored } from '#tests/support/world.ts'
import type { VirtualWorld } from './virtual-world.ts'

/** One order with a product of its own, and what users do with it. */
export class OneOrder {
  readonly #world: VirtualWorld
  readonly id: string
  readonly sku: string

  private constructor(world: VirtualWorld, id: string, sku: string) {
    this.#world = world
    this.id = id
    this.sku = sku
  }

  /** Places an order of two units, of a product with so much stock. */
  static async place(world: VirtualWorld, stock: number, reserveForMinutes?: number): Promise<OneOrder> {
    const sku = await newProduct(world.services, stock)
    const { id } = await order(world.services, {
      lines: [{ sku, quantity: 2 }],
      ...(reserveForMinutes === undefined ? {} : { reserve_for_minutes: reserveForMinutes }),
    })
    return new OneOrder(world, id, sku)
  }

  read = (): Promise<StoredOrder> => stored(this.#world.services, this.id)

  /** Waits until one of its executions is in that state. */
  untilAt = (state: string): Promise<void> =>
    this.#world.until(async () => {
      const waits = await this.#world.services.store.waits.ofOrder(this.id)
      return waits.some((wait) => wait.state === state)
    })

  /** The operator's next action on an order that is reserved. */
  async step(): Promise<void> {
    const next = { RESERVED: 'start-pick', PICKING: 'confirm-pick', PICKED: 'ship', SHIPPED: 'deliver' } as const
    const { status } = await this.read()
    if (!(status in next)) throw new Error(`An order that is ${status} has no next step`)
    await act(this.#world.services, operator, this.id, next[status as keyof typeof next])
  }

  async cancel(): Promise<void> {
    const { status } = await this.read()
    const who = status === 'PICKING' || status === 'PICKED' ? operator : owner
    await act(this.#world.services, who, this.id, 'cancel', 'not needed any more')
  }

  /** Brings it to its end: an order without stock is cancelled. */
  async finish(): Promise<void> {
    for (;;) {
      const { status } = await this.read()
      if (isFinal(status)) return
      await (lacksStock(status) ? this.cancel() : this.step())
    }
  }

  executions = (status: 'running' | 'ended'): Execution[] => this.#world.executions(status, this.id)
}
