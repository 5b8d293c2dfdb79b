import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { destination } from '#shared/runtime/log.ts'
import { createUser } from '#shared/users/registration.ts'
import { logIn } from '#shared/users/sessions.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { useWorld } from '#tests/support/world.ts'

const world = useWorld()
// Security events are logged; they are not what is tested here.
destination.replace(() => undefined)
const password = 'a-good-password'

/** As the settings have them by default. */
const [perName, perNetwork] = [30, 20]

async function account() {
  const request = { email: `${randomUUID()}@example.com`, username: randomUUID(), password }
  await createUser(world.services, { request, once: onceOf(randomUUID(), request) })
  return request
}

let networks = 0
const newNetwork = () => `10.0.${networks >> 8}.${networks++ & 255}`

interface Outcome {
  code: string
  rateLimit?: unknown
}

const tryAs = (name: string, secret: string, clientAddress: string): Promise<Outcome> =>
  logIn(world.services, { login: { username: name, password: secret }, clientAddress }).then(
    () => ({ code: 'in' }),
    ({ code, extras }: { code: string; extras: { rateLimit?: unknown } }) => ({ code, rateLimit: extras.rateLimit }),
  )
const wrong = (name: string, clientAddress: string) => tryAs(name, 'a-wrong-password', clientAddress)
const codeOf = async (outcome: Promise<Outcome>) => (await outcome).code
const nextWindows = () => world.clock.pass(10)

/** Wrong passwords for a name, from networks of which each makes few. */
async function attack(name: string, times: number): Promise<string[]> {
  const codes: string[] = []
  let network = newNetwork()
  for (let n = 0; n < times; n += 1) {
    if (n % 4 === 3) network = newNetwork()
    codes.push(await codeOf(wrong(name, network)))
  }
  return codes
}

/** Wrong passwords for names of no one, until the network may not try any more. */
async function exhaust(network: string): Promise<void> {
  for (let n = 0; n < perNetwork; n += 1) expect(await codeOf(wrong(randomUUID(), network))).toBe('invalid_credentials')
  expect(await codeOf(wrong(randomUUID(), network))).toBe('rate_limited')
}

describe('guesses at many accounts from one network', () => {
  test('are limited together', async () => {
    nextWindows()
    const network = newNetwork()
    const codes = []
    for (let n = 0; n < 8; n += 1) {
      const name = n % 2 === 0 ? (await account()).email : randomUUID()
      for (let guess = 0; guess < 4; guess += 1) codes.push(await codeOf(wrong(name, network)))
    }
    expect(codes).toEqual([...Array(perNetwork).fill('invalid_credentials'), ...Array(12).fill('rate_limited')])
  })

  test('are limited together within one /64 of IPv6', async () => {
    nextWindows()
    const codes = []
    for (let n = 0; n <= perNetwork; n += 1) codes.push(await codeOf(wrong(randomUUID(), `2001:db8:7:7::${n}`)))
    expect(codes.at(-1)).toBe('rate_limited')
    expect(await codeOf(wrong(randomUUID(), '2001:db8:7:8::1'))).toBe('invalid_credentials')
  })

  test('do not keep anyone out who has logged in from there before', async () => {
    nextWindows()
    const [regular, visitor] = [await account(), await account()]
    const network = newNetwork()
    expect(await codeOf(tryAs(regular.email, password, network))).toBe('in')
    await exhaust(network)
    expect(await codeOf(tryAs(regular.email, password, network))).toBe('in')
    expect(await codeOf(tryAs(visitor.email, password, network))).toBe('rate_limited')
    expect(await codeOf(tryAs(visitor.email, password, newNetwork()))).toBe('in')
    world.clock.pass(1)
    expect(await codeOf(tryAs(visitor.email, password, network))).toBe('in')
  })

  test('do not reveal afterwards who has logged in from there', async () => {
    nextWindows()
    const regular = await account()
    const network = newNetwork()
    expect(await codeOf(tryAs(regular.email, password, network))).toBe('in')
    await exhaust(network)
    for (let n = 0; n < 7; n += 1) {
      expect(await wrong(regular.email, network)).toEqual(await wrong(`stranger${networks}@example.com`, network))
    }
  })
})

describe('guesses at one account from many networks', () => {
  test('are limited together, for an account and for a name of no one alike', async () => {
    nextWindows()
    const expected = [...Array(perName).fill('invalid_credentials'), ...Array(5).fill('rate_limited')]
    expect(await attack((await account()).email, perName + 5)).toEqual(expected)
    expect(await attack(`${randomUUID()}@example.com`, perName + 5)).toEqual(expected)
  })

  test('do not keep its owner out from where they have logged in before', async () => {
    nextWindows()
    const { email } = await account()
    const home = newNetwork()
    expect(await codeOf(tryAs(email, password, home))).toBe('in')
    await attack(email, perName + 5)
    expect(await codeOf(tryAs(email, password, home))).toBe('in')
    expect(await codeOf(wrong(email, home))).toBe('rate_limited')
  })

  test('keep its owner out from elsewhere for ten minutes at most', async () => {
    nextWindows()
    const { email } = await account()
    await attack(email, perName + 5)
    expect(await codeOf(tryAs(email, password, newNetwork()))).toBe('rate_limited')
    world.clock.pass(10)
    expect(await codeOf(tryAs(email, password, newNetwork()))).toBe('in')
  })

  test('do not reveal which other name the account has', async () => {
    nextWindows()
    const { email, username } = await account()
    await attack(email, perName + 5)
    const network = newNetwork()
    expect(await wrong(username, network)).toEqual(await wrong(randomUUID(), newNetwork()))
  })
})

test('logins that succeed use nothing up, from new networks either', async () => {
  nextWindows()
  const network = newNetwork()
  const people = await Promise.all(Array.from({ length: perNetwork + 5 }, account))
  for (const { email } of people) expect(await codeOf(tryAs(email, password, network))).toBe('in')
  const [{ email } = { email: '' }] = people
  for (let n = 0; n < perName + 5; n += 1) expect(await codeOf(tryAs(email, password, newNetwork()))).toBe('in')
})
