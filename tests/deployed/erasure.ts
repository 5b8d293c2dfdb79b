import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { jobFunctionName, stageOf } from '#infra/stages.ts'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, type Person, password, signIn } from '#tests/support/people.ts'
import type { Installation } from './installation.ts'
import { invoke } from './invoke.ts'

const pauseMilliseconds = 2000

/**
 * Erases a person with an order.
 * @returns a wait for the job that finishes the erasure @throws Error when something of the person is left
 */
export async function watchErasure({ baseUrl, endpoint }: Installation, admin: Person): Promise<() => Promise<void>> {
  const email = `${randomUUID()}@example.com`
  expectStatus(await createClient({ baseUrl }).register({ body: { email, password, name: 'Ada' } }), 201)
  const person = await signIn(baseUrl, email, password)
  const { id } = expectStatus(await person.createOrder({ body: { product_name: 'Gift', amount: 5 } }), 201)
  expectStatus(await person.updateOrder({ params: { id }, body: { note: `From ${email}` } }), 200)
  expectStatus(await admin.eraseUser({ params: { id: person.id } }), 204)
  const giveUpAt = Date.now() + 300_000
  return async () => {
    const erase = async () =>
      (await invoke(endpoint, jobFunctionName(stageOf('emulator'), 'erase'), {})) as { finished: boolean }
    while (!(await erase()).finished) {
      if (Date.now() > giveUpAt) throw new Error('The job has not finished the erasure')
      await delay(pauseMilliseconds)
    }
    const { events } = expectStatus(await admin.listOrderEvents({ params: { id } }), 200)
    if (JSON.stringify(events).includes(email)) throw new Error(`Events of ${id} name the person who was erased`)
    if (events.filter(({ type }) => type === 'order.erased').length !== 1) throw new Error(`${id} was not erased once`)
  }
}
