import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, newPerson, type Person, password, signIn } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const baseUrl = inject('baseUrl')
const anybody = createClient({ baseUrl })
const next = 'quite-another-password'
const change = { current_password: password, new_password: next }
const { admin } = usePeople()

describe('changing the password', () => {
  test('accepts the new password and rejects the old one', async () => {
    const person = await newPerson(baseUrl, admin)
    const { email } = person.tokens.user_info
    expectStatus(await person.changePassword({ body: change }), 204)
    expect(await anybody.logIn({ body: { email, password } })).toMatchObject({ status: 401 })
    expectStatus(await anybody.logIn({ body: { email, password: next } }), 200)
  })

  test('ends every other session and keeps the current one', async () => {
    const here = await newPerson(baseUrl, admin)
    const there = await signIn(baseUrl, here.tokens.user_info.email, password)
    expectStatus(await here.changePassword({ body: change }), 204)
    const refresh = ({ tokens: { refresh_token } }: Person) => anybody.refresh({ body: { refresh_token } })
    expect(await refresh(there)).toMatchObject({ status: 401, body: { code: 'refresh_invalid' } })
    expectStatus(await refresh(here), 200)
  })

  test.each([
    ['a wrong current password', { ...change, current_password: 'not-my-password' }, '#/current_password'],
    ['the password it is already', { ...change, new_password: password }, '#/new_password'],
    ['the same in full-width letters', { ...change, new_password: `ａ${password.slice(1)}` }, '#/new_password'],
  ])('refuses %s and changes nothing', async (_, body, pointer) => {
    const person = await newPerson(baseUrl, admin)
    expect(await person.changePassword({ body })).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ pointer }] },
    })
    expectStatus(await signIn(baseUrl, person.tokens.user_info.email, password).then((again) => again.getMe()), 200)
  })
})
