import { describe, expect, test } from 'vitest'
import { envelopeOf } from '#shared/events/event.ts'
import { actOnOrder } from '#shared/orders/act-on-order.ts'
import { placeOrder } from '#shared/orders/place-order.ts'
import { completeOrder, processOrder } from '#shared/orders/system-actions.ts'
import { changePassword } from '#shared/users/change-password.ts'
import { confirmEmail, requestEmailChange, requestVerification } from '#shared/users/email-address.ts'
import { onceOf } from '#tests/support/in-process.ts'
import { codeIn } from '#tests/support/mailbox.ts'
import { eventsOf, job, newProduct, operator } from '#tests/support/world.ts'
import { useAccountScene } from './account-scene.ts'
import { deliver, outbox, verify } from './mail-world.ts'

type Scene = ReturnType<typeof useAccountScene>
type User = Awaited<ReturnType<Scene['newUser']>>
type Request = Parameters<typeof placeOrder>[2]['request']

let orders = 0

async function place(scene: Scene, { context }: User, request: Request): Promise<string> {
  const once = onceOf(`order ${orders++}`, request)
  return (await placeOrder(scene.services(), context, { request, once })).result.id
}

/** Everything that an order's events mail. */
async function mailed(scene: Scene, id: string) {
  const mailer = outbox()
  for (const event of await eventsOf(scene.services(), id)) await deliver(scene.services(), mailer, envelopeOf(event))
  return mailer.sent
}

const clientAddress = '192.0.2.1'
const password = 'a-good-password'
const spam = 'Call +1-900-555 now'

describe.each(['allow', 'deny'] as const)('UNVERIFIED_MAIL=%s', (UNVERIFIED_MAIL) => {
  const scene = useAccountScene({ UNVERIFIED_MAIL })
  const isAllowed = UNVERIFIED_MAIL === 'allow'

  test('mails about orders to verified addresses, and to others only where it is allowed', async () => {
    const user = await scene.newUser()
    const sku = await newProduct(scene.services(), 5)
    const id = await place(scene, user, { lines: [{ sku, quantity: 1 }] })
    expect(await mailed(scene, id)).toHaveLength(isAllowed ? 1 : 0)
    await verify(scene.services(), user.id)
    const next = await place(scene, user, { lines: [{ sku, quantity: 1 }] })
    expect(await mailed(scene, next)).toHaveLength(1)
  })

  test('mails codes to every address, and other news of the account as it does those of orders', async () => {
    const user = await scene.newUser()
    const { context } = user
    const services = scene.services()
    const change = { current_password: password, new_password: 'quite-another-password' }
    const changed = await scene.eventOf(() => changePassword(services, context, change))
    expect(await scene.mailsOf(changed)).toHaveLength(isAllowed ? 1 : 0)
    expect(await scene.mailsOf(await scene.askReset(user.email))).toHaveLength(1)
    const asked = await scene.eventOf(() => requestVerification(services, context, clientAddress))
    expect(await scene.mailsOf(asked)).toMatchObject([{ to: user.email, text: expect.not.stringContaining(spam) }])

    const email = `new-${user.email}`
    const request = { email, current_password: change.new_password }
    const move = await scene.eventOf(() => requestEmailChange(services, context, request, clientAddress))
    const [mail] = await scene.mailsOf(move)
    expect(mail).toMatchObject({ to: email, text: expect.not.stringContaining(spam) })
    const code = mail ? codeIn(mail) : ''
    const moved = await scene.eventOf(() => confirmEmail(services, context, code, clientAddress))
    expect(await scene.mailsOf(moved)).toHaveLength(isAllowed ? 1 : 0)
  })

  test('reports a change to an old address that was verified, with the name', async () => {
    const user = await scene.newUser('Jo')
    await verify(scene.services(), user.id)
    const request = { email: `new-${user.email}`, current_password: password }
    const services = scene.services()
    const code = await scene.codeOf(
      await scene.eventOf(() => requestEmailChange(services, user.context, request, clientAddress)),
    )
    const moved = await scene.eventOf(() => confirmEmail(services, user.context, code, clientAddress))
    expect(await scene.mailsOf(moved)).toMatchObject([
      { to: user.email, subject: 'Your e-mail address was changed', text: expect.stringContaining('Hello Jo,') },
    ])
    // A verified address asks for no code again.
    const asked = await scene.eventOf(() => requestVerification(services, user.context, clientAddress))
    expect(await scene.mailsOf(asked)).toEqual([])
  })
})

describe('a mail to an address that is not verified', () => {
  const scene = useAccountScene()
  const ship_to = { name: spam, line1: spam, postal_code: '20359', city: 'Hamburg', country: 'DE' }
  const texts = { reference: spam, note: spam, ship_to }

  async function mailsAbout(user: User) {
    const sku = await newProduct(scene.services(), 5)
    const [reserved, simple, byStaff] = [
      await place(scene, user, { lines: [{ sku, quantity: 1 }], ...texts }),
      await place(scene, user, { product_name: spam, amount: 10 }),
      await place(scene, user, { lines: [{ sku, quantity: 1 }] }),
    ]
    await processOrder(scene.services(), job, simple)
    await completeOrder(scene.services(), job, simple)
    const cancel = (id: string, { caller, requestId }: User['context'], reason: string) =>
      actOnOrder(scene.services(), { id, action: 'cancel', actor: caller, requestId, body: { reason }, reason })
    await cancel(reserved, user.context, spam)
    await cancel(byStaff, operator, 'Damaged in the warehouse')
    return Promise.all([reserved, simple, byStaff].map((id) => mailed(scene, id)))
  }

  test('shows no text that its owner has entered, and what staff have', async () => {
    const user = await scene.newUser(spam)
    const [reserved = [], simple = [], byStaff = []] = await mailsAbout(user)
    expect([reserved, simple, byStaff].map(({ length }) => length)).toEqual([2, 1, 2])
    const all = [...reserved, ...simple, ...byStaff]
    for (const { subject, html, text } of all) {
      expect(`${subject}${text}`).not.toMatch(/Call|900|Hamburg/)
      expect(html).not.toMatch(/Call|\+1|Hamburg/)
      expect(text).toMatch(/^Hello,$/m)
    }
    expect(simple[0]?.text).toContain('* Item\n  1 x USD\u00a010.00')
    expect(reserved[0]?.text).toContain('* Thing\n')
    expect(byStaff[1]?.text).toContain('Reason: Damaged in the warehouse')
  })

  test('shows all of it once the address is verified', async () => {
    const user = await scene.newUser(spam)
    await verify(scene.services(), user.id)
    const [[, cancelled] = [], [simple] = []] = await mailsAbout(user)
    expect(cancelled?.subject).toContain(spam)
    for (const shown of [`Hello ${spam}`, `Reason: ${spam}`, `Your note: ${spam}`, 'Hamburg'])
      expect(cancelled?.text).toContain(shown)
    expect(simple?.text).toContain(`* ${spam}\n`)
  })
})
