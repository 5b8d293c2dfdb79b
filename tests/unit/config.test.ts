import { describe, expect, test } from 'vitest'
import { stageOf } from '#infra/stages.ts'
import { corsHeaders, fixedCorsHeaders, preflightHeaders } from '#shared/api/response-headers.ts'
import { readConfig } from '#shared/runtime/config.ts'

describe('readConfig', () => {
  test('requires no setting', () => {
    expect(readConfig({})).toMatchObject({
      STAGE: 'local',
      ADMIN_EMAIL: 'admin@holdfast.local',
      ACCESS_TOKEN_MINUTES: 15,
      REGISTRATION: 'open',
      PASSWORD_POLICY: 'length',
      SIMULATED_ORDERS: 'on',
      DEFAULT_CURRENCY: 'USD',
      RATE_LIMIT_REQUESTS: 5,
      MAIL_FROM: 'orders@holdfast.local',
      LOG_LEVEL: 'INFO',
    })
  })

  test('treats an empty variable as unset', () => {
    expect(readConfig({ STAGE: '', ACCESS_TOKEN_MINUTES: '', DYNAMODB_ENDPOINT: '' })).toEqual(readConfig({}))
  })

  test('ignores variables that are not its own', () => {
    expect(readConfig({ PATH: '/bin', npm_config_color: 'x' })).toEqual(readConfig({}))
  })

  const good = [
    ['ACCESS_TOKEN_MINUTES', '1', 1],
    ['ACCESS_TOKEN_MINUTES', '60', 60],
    ['PASSWORD_HASH_COST', '4', 4],
    ['DEFAULT_CURRENCY', 'EUR', 'EUR'],
    ['DYNAMODB_ENDPOINT', 'http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['REGISTRATION', 'admin_only', 'admin_only'],
    ['PASSWORD_POLICY', 'complex', 'complex'],
    ['RATE_LIMIT_REQUESTS', '1', 1],
    ['RATE_LIMIT_REQUESTS', 'off', 'off'],
    ['SIMPLE_ORDER_PROCESSING_MILLISECONDS', '0', 0],
    ['CORS_ORIGINS', '*', '*'],
    ['CORS_ORIGINS', 'http://localhost:5173', 'http://localhost:5173'],
    ['CORS_ORIGINS', 'https://shop.example, https://admin.example', 'https://shop.example, https://admin.example'],
  ] as const
  test.each(good)('reads %s=%s', (name, value, meaning) => {
    expect(readConfig({ [name]: value })).toHaveProperty(name, meaning)
  })

  const bad = [
    ['STAGE', 'production'],
    ['TABLE_NAME', 'ab'],
    ['DYNAMODB_ENDPOINT', 'localhost'],
    ['ADMIN_EMAIL', 'admin'],
    ['ADMIN_PASSWORD', 'short'],
    ['ACCESS_TOKEN_MINUTES', '0'],
    ['ACCESS_TOKEN_MINUTES', '61'],
    ['ACCESS_TOKEN_MINUTES', '1.5'],
    ['ACCESS_TOKEN_MINUTES', 'soon'],
    ['REGISTRATION', 'closed'],
    ['PASSWORD_POLICY', 'none'],
    ['PASSWORD_HASH_COST', '3'],
    ['PASSWORD_HASH_COST', '15'],
    ['RATE_LIMIT_REQUESTS', '0'],
    ['RATE_LIMIT_REQUESTS', '-1'],
    ['RATE_LIMIT_REQUESTS', 'none'],
    ['SIMULATED_ORDERS', 'true'],
    ['SIMPLE_ORDER_PROCESSING_MILLISECONDS', '5001'],
    ['CORS_ORIGINS', 'nope'],
    ['CORS_ORIGINS', 'shop.example'],
    ['CORS_ORIGINS', 'https://shop.example/'],
    ['CORS_ORIGINS', 'https://Shop.example'],
    ['CORS_ORIGINS', 'https://shop.example:443'],
    ['CORS_ORIGINS', 'https://*.example'],
    ['CORS_ORIGINS', 'ftp://shop.example'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://shop.example,'],
    ['CORS_ORIGINS', 'https://shop.example https://admin.example'],
    ['CORS_ORIGINS', '*, https://shop.example'],
    ['DEFAULT_CURRENCY', 'usd'],
    ['DEFAULT_CURRENCY', 'EURO'],
    ['MAIL_FROM', 'Holdfast <orders@example.com>'],
    ['LOG_LEVEL', 'verbose'],
  ] as const
  test.each(bad)('refuses %s=%s and names it', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(`Bad configuration: ${name}: `)
  })

  test('names every bad value at once', () => {
    expect(() => readConfig({ STAGE: 'x', LOG_LEVEL: 'y' })).toThrow(/STAGE: .*; LOG_LEVEL: /)
  })

  test.each(['dev', 'staging', 'prod'])('refuses a cheap password hash on %s', (stage) => {
    expect(() => readConfig({ STAGE: stage, PASSWORD_HASH_COST: '9' })).toThrow(
      'for the local stack and the emulator only',
    )
    expect(readConfig({ STAGE: stage, PASSWORD_HASH_COST: '10' }).PASSWORD_HASH_COST).toBe(10)
  })
})

test.each(['staging', 'prod'])('rate limits cannot be switched off on %s', (stage) => {
  expect(() => readConfig({ STAGE: stage, RATE_LIMIT_REQUESTS: 'off' })).toThrow('not for staging and prod')
  expect(readConfig({ STAGE: stage, RATE_LIMIT_REQUESTS: '9' }).RATE_LIMIT_REQUESTS).toBe(9)
})

test.each(['emulator', 'dev', 'staging', 'prod'])('the settings of the stage %s are valid', (stage) => {
  expect(readConfig({ STAGE: stage, ...stageOf(stage).environment }).STAGE).toBe(stage)
})

describe('CORS_ORIGINS', () => {
  const origins = 'https://shop.example, https://admin.example'
  test('open the API to the configured origins', () => {
    const headers = corsHeaders(origins, 'https://admin.example')
    expect(headers['Access-Control-Allow-Origin']).toBe('https://admin.example')
    const exposed = headers['Access-Control-Expose-Headers']?.split(', ')
    const promised = ['ETag', 'Location', 'Idempotency-Key', 'Idempotent-Replayed', 'Retry-After', 'X-Request-ID']
    expect(exposed).toEqual(expect.arrayContaining(promised))
    expect(corsHeaders('*', 'https://any.example')['Access-Control-Allow-Origin']).toBe('https://any.example')
    expect(preflightHeaders('GET, POST')['Access-Control-Allow-Headers']?.split(', ')).toContain('Idempotency-Key')
  })

  test('let the gateway answer with the only origin, or with * for several', () => {
    expect(fixedCorsHeaders([])).toEqual({})
    expect(fixedCorsHeaders(['https://shop.example'])).toMatchObject({
      'Access-Control-Allow-Origin': 'https://shop.example',
    })
    for (const several of [['*'], ['https://shop.example', 'https://admin.example']]) {
      expect(fixedCorsHeaders(several)).toMatchObject({ 'Access-Control-Allow-Origin': '*' })
    }
  })

  test.each([undefined, '', 'null', 'https://shop.example.evil', 'http://shop.example', 'https://shop.example:8443'])(
    'send no headers to %s',
    (origin) => {
      expect(corsHeaders(origins, origin)).toEqual({})
      expect(corsHeaders('', origin)).toEqual({})
    },
  )
})
