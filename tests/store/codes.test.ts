import { describe, expect, test } from 'vitest'
import type { Mailer } from '#shared/mail/mailer.ts'
import { codeIn, wrongCode } from '#tests/support/mailbox.ts'
import { useAccountScene } from './account-scene.ts'
import { outbox } from './mail-world.ts'

const scene = useAccountScene({ CODE_REQUESTS_PER_HOUR: 1000, LOGIN_FAILURES_PER_ADDRESS: 1000 })
const { world } = scene

describe('a code', () => {
  test('is valid for thirty minutes after its mail', async () => {
    const { email } = await scene.newUser()
    const event = await scene.askReset(email)
    world.clock.pass(10)
    const code = await scene.codeOf(event)
    world.clock.pass(30)
    expect(await scene.reset(email, code)).toBe('code_invalid')
    const next = await scene.codeOf(await scene.askReset(email))
    world.clock.pass(29.99)
    expect(await scene.reset(email, next)).toBe('done')
  })

  test('of an older request does not replace that of a newer one, in whatever order their events arrive', async () => {
    const { email } = await scene.newUser()
    const older = await scene.askReset(email)
    world.clock.pass(1)
    const newer = await scene.askReset(email)
    const code = await scene.codeOf(newer)
    expect(await scene.mailsOf(older)).toEqual([])
    expect(await scene.reset(email, code)).toBe('done')
    expect(await scene.mailsOf(older)).toEqual([])
  })

  test('is mailed once, however often its event is delivered, and stays valid', async () => {
    const { email } = await scene.newUser()
    const event = await scene.askReset(email)
    const mailer = outbox()
    for (let n = 0; n < 3; n += 1) await scene.sendTo(mailer, event)
    const [mail, ...others] = mailer.sent
    expect(others).toEqual([])
    expect(await scene.reset(email, mail ? codeIn(mail) : '')).toBe('done')
  })

  test('is mailed by the next delivery when the mailer refuses', async () => {
    const { email } = await scene.newUser()
    const event = await scene.askReset(email)
    const refusing: Mailer = { send: () => Promise.reject(new Error('no')) }
    await expect(scene.sendTo(refusing, event)).rejects.toThrow('no')
    expect(await scene.reset(email, await scene.codeOf(event))).toBe('done')
  })

  test('is stored as a slow hash only', async () => {
    const { email } = await scene.newUser()
    const event = await scene.askReset(email)
    const code = await scene.codeOf(event)
    const stored = await scene.services().store.codes.takeTry({ purpose: 'password_reset', email }, world.clock.now())
    expect(stored?.hash.cost).toBeGreaterThan(world.services.config.PASSWORD_HASH_COST)
    expect(JSON.stringify(stored)).not.toContain(code.replace('-', ''))
  })

  test.each([0, 1, 2, 3, 4, 5, 6, 7])('after %i wrong ones is right only within five tries', async (wrongs) => {
    const { email } = await scene.newUser()
    const code = await scene.codeOf(await scene.askReset(email))
    for (let n = 0; n < wrongs; n += 1)
      expect(await scene.reset(email, wrongCode(code), `192.0.2.${10 + n}`)).toBe('code_invalid')
    expect(await scene.reset(email, code)).toBe(wrongs < 5 ? 'done' : 'code_invalid')
  })

  test('that is tried by many at once loses a try for each: five at most are compared', async () => {
    const { email } = await scene.newUser()
    const code = await scene.codeOf(await scene.askReset(email))
    const networks = Array.from({ length: 12 }, (_, n) => `198.51.100.${n}`)
    const outcomes = await Promise.all(networks.map((network) => scene.reset(email, wrongCode(code), network)))
    expect(new Set(outcomes)).toEqual(new Set(['code_invalid']))
    expect(await scene.reset(email, code)).toBe('code_invalid')
  })
})

describe('wrong codes', () => {
  test('are limited for one address and network, whether there is an account or not', async () => {
    const { email } = await scene.newUser()
    const code = await scene.codeOf(await scene.askReset(email))
    for (const address of [email, `missing-${email}`]) {
      for (let n = 0; n < 5; n += 1)
        expect(await scene.reset(address, wrongCode(code), '203.0.113.1')).toBe('code_invalid')
      expect(await scene.reset(address, code, '203.0.113.1')).toBe('rate_limited')
    }
  })
})
