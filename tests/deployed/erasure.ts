import { randomUUID } from 'node:crypto'
import { jobFunctionName, stageOf } from '#infra/stages.ts'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, type Person, password, signIn } from '#tests/support/people.ts'
import type { Installation } from './installation.ts'
import { invoke } from './invoke.ts'

/**
 * Erases a person with an order.
 * @returns runs the job that goes through erased orders again @throws Error when something of the person is left
 */
export async function watchErasure({ baseUrl, endpoint }: Installation, admin: Person): Promise<() => Promise<void>> {
  const email = `${randomUUID()}@example.com`
  expectStatus(await createClient({ baseUrl }).register({ body: { email, password, name: 'Ada' } }), 201)
  const person = await signIn(baseUrl, email, password)
  const { id } = expectStatus(await person.createOrder({ body: { product_name: 'Gift', amount: 5 } }), 201)
  expectStatus(await person.updateOrder({ params: { id }, body: { note: `From ${email}` } }), 200)
  expectStatus(await admin.eraseUser({ params: { id: person.id } }), 204)
  return async () => {
    // Whether it finds all others finished depends on when they were erased.
    const outcome = await invoke(endpoint, jobFunctionName(stageOf('emulator'), 'erase'), {})
    if (typeof (outcome as { finished?: unknown }).finished !== 'boolean') throw new Error('The job has not run')
    const { events } = expectStatus(await admin.listOrderEvents({ params: { id } }), 200)
    if (JSON.stringify(events).includes(email)) throw new Error(`Events of ${id} name the person who was erased`)
    if (events.filter(({ type }) => type === 'order.erased').length !== 1) throw new Error(`${id} was not erased once`)
  }
}
