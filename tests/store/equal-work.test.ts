import { randomUUID } from 'node:crypto'
import bcrypt from 'bcryptjs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { destination } from '#shared/runtime/log.ts'
import { createUser, register } from '#shared/users/registration.ts'
import { logIn } from '#shared/users/sessions.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { useWorld } from '#tests/support/world.ts'

const world = useWorld()
// Security events are logged; they are not what is tested here.
destination.replace(() => undefined)

const account = () => ({ email: `${randomUUID()}@example.com`, username: randomUUID(), password: 'a-good-password' })
async function existing() {
  const request = account()
  await createUser(world.services, { request, once: onceOf(randomUUID(), request) })
  return request
}

let networks = 0
const newNetwork = () => `10.1.${networks >> 8}.${networks++ & 255}`

/** What takes the time of an answer: bcrypt's runs while `work` is done, as `compare 10` or `hash 10` with their cost. */
async function hashing(work: () => Promise<unknown>): Promise<string[]> {
  const runs: string[] = []
  const { compare, hash } = bcrypt
  const restore = () => {
    for (const spy of spies) spy.mockRestore()
  }
  const spies = [
    vi.spyOn(bcrypt, 'compare').mockImplementation((password, stored) => {
      runs.push(`compare ${bcrypt.getRounds(stored)}`)
      return compare(password, stored)
    }),
    vi.spyOn(bcrypt, 'hash').mockImplementation((password, cost) => {
      runs.push(`hash ${cost}`)
      return hash(password, cost)
    }),
  ]
  onTestFinished(restore)
  await Promise.allSettled([work()])
  restore()
  return runs
}

const cost = () => world.services.config.PASSWORD_HASH_COST

describe('an account that exists and one that does not take the same hashing', () => {
  test('to refuse a login, also once the limit is used up', async () => {
    const { email, username } = await existing()
    for (const name of [email, username, `${randomUUID()}@example.com`, randomUUID()]) {
      const login = { username: name, password: 'a-wrong-password' }
      const clientAddress = newNetwork()
      const runs: string[][] = []
      for (let n = 0; n < 8; n += 1) runs.push(await hashing(() => logIn(world.services, { login, clientAddress })))
      expect(runs, name).toEqual([...Array(5).fill([`compare ${cost()}`]), [], [], []])
    }
  })

  test('to answer a registration', async () => {
    const { email, username } = await existing()
    const requests = [account(), { ...account(), email }, { ...account(), username }]
    for (const request of requests) {
      const once = onceOf(randomUUID(), request)
      const registration = { request, once, clientAddress: newNetwork(), authorization: undefined }
      expect(await hashing(() => register(world.services, registration))).toEqual([`hash ${cost()}`])
    }
  })
})
