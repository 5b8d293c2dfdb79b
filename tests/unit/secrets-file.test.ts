import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { ensureSecretsFile } from '#infra/local/secrets-file.ts'
import { readConfig } from '#shared/runtime/config.ts'
import { cursorKeyring, refreshKeyring, secretSources, secretsFromFile } from '#shared/runtime/secrets.ts'
import { signAccessToken, verifyAccessToken } from '#shared/users/access-token.ts'
import { newSigningKey } from '#shared/users/new-secrets.ts'

const clock = { now: () => Date.parse('2026-01-01T00:00:00Z'), sleep: async () => undefined }
const user = { id: 'usr_1', role: 'user', must_change_password: false } as const

let file: string
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  file = join(folder, 'secrets.json')
})

const services = () => ({ config: readConfig({}), clock, secrets: secretSources(secretsFromFile(file), clock) })

describe('the file of secrets', () => {
  test('is created once, and readable by its owner only', async () => {
    await ensureSecretsFile(file)
    const text = readFileSync(file, 'utf8')
    await ensureSecretsFile(file)
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { token } = await signAccessToken(services(), user, { id: 's', epoch: 0 })
    expect(await verifyAccessToken(services(), token)).toMatchObject({ sub: 'usr_1' })
  })

  test('of a release that made no API keys gets what they are made with, and keeps the rest', async () => {
    await ensureSecretsFile(file)
    const { apiKey: _, ...before } = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify(before))
    await ensureSecretsFile(file)
    const after = JSON.parse(readFileSync(file, 'utf8'))
    expect(after).toEqual({ ...before, apiKey: { secrets: [{ active_from: 0, secret: expect.any(String) }] } })
  })

  test('of release 0.1.0 is converted: its tokens and cursors stay valid', async () => {
    const key = await newSigningKey(0)
    const [refresh_secret, cursor_secret, metrics_token] = ['r', 'c', 'm'].map((letter) => letter.repeat(43))
    writeFileSync(file, JSON.stringify({ signing_keys: [key], refresh_secret, cursor_secret, metrics_token }))
    await ensureSecretsFile(file)
    const { secrets } = services()
    expect(await secrets.signing.current()).toEqual({ keys: [key] })
    const { token } = await signAccessToken(services(), user, { id: 's', epoch: 0 })
    expect(await verifyAccessToken(services(), token)).toMatchObject({ sub: 'usr_1' })
    expect(await refreshKeyring(services())).toEqual({ current: refresh_secret, accepted: [refresh_secret] })
    expect(await cursorKeyring(services())).toEqual({ current: cursor_secret, accepted: [cursor_secret] })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})
