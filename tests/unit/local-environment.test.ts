import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { LocalEnvironment, loadLocalEnvironment, settingNames } from '#infra/local/environment.ts'
import { readConfig } from '#shared/runtime/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
const file = join(folder, '.env')
afterAll(() => rmSync(folder, { recursive: true }))

/** What the stack reads when its `.env` says `text`. */
function load(text: string, environment: Record<string, string | undefined> = {}) {
  writeFileSync(file, text)
  return { local: loadLocalEnvironment(file, environment), environment }
}

describe('.env', () => {
  test('is optional', () => {
    expect(loadLocalEnvironment(join(folder, 'nothing'), {})).toMatchObject({ PORT: 3000, DATA_DIR: '.local' })
  })

  test('sets what the shell does not', () => {
    const { local, environment } = load('PORT=4000\nHOST="::1"\nLOG_LEVEL=DEBUG\n', { HOST: '0.0.0.0' })
    expect(local).toMatchObject({ PORT: 4000, HOST: '0.0.0.0' })
    expect(environment).toMatchObject({ PORT: '4000', HOST: '0.0.0.0', LOG_LEVEL: 'DEBUG', AWS_REGION: 'eu-central-1' })
  })

  test.each(['RATE_LIMIT=5', 'port=4000', 'SECRETS_FILE=x', 'SECRETS_PREFIX=x', 'NODE_OPTIONS=--inspect', 'PATH=/bin'])(
    'cannot set an unknown name: %s',
    (line) => {
      expect(() => load(`LOG_LEVEL=INFO\n${line}\n`)).toThrow(`sets ${line.split('=')[0]}; .env.example`)
    },
  )

  test.each([
    ['PORT', '70000'],
    ['LOCAL_ENGINE', 'sqlite'],
    ['SCHEDULE_SECONDS', '0'],
    ['LOG_LEVEL', 'verbose'],
    ['TABLE_SILENCE_MILLISECONDS', '10'],
  ])('cannot set %s to %s', (name, value) => {
    expect(() => load(`${name}=${value}`)).toThrow(`Bad configuration: ${name}: `)
  })

  test('that cannot be read is an error', () => {
    expect(() => loadLocalEnvironment(folder, {})).toThrow('EISDIR')
  })
})

describe('.env.example', () => {
  const text = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')
  const uncommented = text.replaceAll(/^# (?=[A-Z_]+=)/gm, '')
  const shown = parseEnv(uncommented)

  test('sets nothing by itself', () => {
    expect(parseEnv(text)).toEqual({})
  })

  test('shows every setting, and no other', () => {
    expect(Object.keys(shown).toSorted()).toEqual(settingNames.toSorted())
  })

  test('shows the default values', () => {
    const asText = (settings: object) => Object.entries(settings).map(([name, value]) => [name, String(value)])
    const defaults = Object.fromEntries([...asText(readConfig({})), ...asText(LocalEnvironment.parse({}))])
    for (const name of settingNames) expect([name, shown[name]]).toEqual([name, defaults[name] ?? ''])
    expect(load(uncommented).local).toEqual(load('').local)
  })
})
