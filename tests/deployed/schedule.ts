import { setTimeout as delay } from 'node:timers/promises'
import { expectStatus, type Person } from '#tests/support/people.ts'

const pauseMilliseconds = 500

/**
 * The schedule has to run the two-minute job, which processes simple orders.
 * @returns a wait for the order that is placed now
 */
export async function watchSchedule(admin: Person): Promise<() => Promise<void>> {
  const body = { product_name: 'Gift', amount: 5 }
  const { id } = expectStatus(await admin.createOrder({ body }), 201)
  const giveUpAt = Date.now() + 300_000
  return async () => {
    for (;;) {
      const { status } = expectStatus(await admin.getOrder({ params: { id } }), 200)
      if (status === 'DELIVERED') break
      if (Date.now() > giveUpAt) throw new Error(`The schedule has not processed ${id}: it is ${status}`)
      await delay(pauseMilliseconds)
    }
    const { events } = expectStatus(await admin.listOrderEvents({ params: { id } }), 200)
    const actors = events.map(({ actor }) => actor.role)
    if (actors.join() !== 'admin,job,job') throw new Error(`${id} was moved by ${actors}`)
  }
}
