import { describe, expect, test } from 'vitest'
import { linesOf } from '#infra/preflight/finding.ts'
import {
  judgeBootstrap,
  judgeFunctions,
  judgeGateway,
  judgePlaceholders,
  judgeQuotas,
} from '#infra/preflight/judge-account.ts'
import { judgeMail, judgeSender } from '#infra/preflight/judge-mail.ts'
import { stageOf } from '#infra/stages.ts'

const prod = stageOf('prod')
const levels = (findings: { level: string }[]) => findings.map(({ level }) => level)

describe('Lambda', () => {
  test.each([
    [1000, prod, 'ok', 'Lambda runs 1000 functions at once.'],
    [10, prod, 'warning', 'requests then fail'],
    [100, prod, 'warning', 'for requests'],
    [10, stageOf('dev'), 'warning', 'requests then fail'],
    [30, { ...prod, relaysPerShard: 1 }, 'warning', 'for requests'],
  ])('that runs %i functions at once', (concurrent, stage, level, text) => {
    expect(judgeFunctions({ concurrent }, stage)).toEqual([{ level, text: expect.stringContaining(text) }])
  })
})

describe('SES', () => {
  const account = { inSandbox: false, isSending: true, perDay: 50_000, perSecond: 14 }
  const sandbox = { inSandbox: true, isSending: true, perDay: 200, perSecond: 1 }

  test('outside the sandbox sends', () => {
    expect(judgeMail(account, { mailGrant: 'sender' })).toEqual([
      { level: 'ok', text: 'SES sends 50000 mails a day, 14 a second.' },
    ])
  })

  test('that has paused sending is a warning', () => {
    expect(judgeMail({ ...account, isSending: false }, { mailGrant: 'sender' })).toEqual([
      { level: 'warning', text: expect.stringContaining('paused') },
    ])
  })

  test('in the sandbox is a warning with its quota, and needs another grant', () => {
    expect(judgeMail(sandbox, { mailGrant: 'sender in the sandbox' }).slice(1)).toEqual([
      { level: 'warning', text: expect.stringContaining('200 mails a day, 1 a second, to verified recipients only') },
    ])
    expect(judgeMail(sandbox, { mailGrant: 'sender' }).slice(1)).toEqual([
      { level: 'warning', text: expect.stringContaining('sandbox') },
      { level: 'warning', text: expect.stringContaining("set mailGrant to 'sender in the sandbox'") },
    ])
  })

  test('that has left the sandbox does not need the wider grant', () => {
    expect(levels(judgeMail(account, { mailGrant: 'sender in the sandbox' }))).toEqual(['ok', 'ok'])
  })

  test.each([
    [undefined, 'warning', 'knows neither orders@shop.test nor its domain'],
    [{ name: 'shop.test', isVerified: false }, 'warning', 'has not verified shop.test'],
    [{ name: 'shop.test', isVerified: true }, 'ok', 'has verified shop.test'],
  ])('with the sender’s identity %j', (sender, level, text) => {
    expect(judgeSender(sender, { mailFrom: 'orders@shop.test' })).toEqual([
      { level, text: expect.stringContaining(text) },
    ])
  })
})

describe('API Gateway', () => {
  const usual = { role: undefined, perSecond: 10_000, burst: 5000 }
  test('needs no role beforehand', () => {
    expect(levels(judgeGateway(usual, prod))).toEqual(['ok'])
    expect(judgeGateway({ ...usual, role: 'arn:role' }, prod)).toEqual([
      { level: 'ok', text: 'API Gateway writes logs as arn:role.' },
    ])
  })

  test.each([{ perSecond: 499 }, { burst: 999 }])('that takes less than the stage allows (%j)', (reduced) => {
    expect(levels(judgeGateway({ ...usual, ...reduced }, prod))).toEqual(['ok', 'warning'])
  })
})

test.each([
  [undefined, 'error'],
  [5, 'error'],
  [6, 'ok'],
  [21, 'ok'],
])('a bootstrap of version %s is %s', (version, level) => {
  expect(levels(judgeBootstrap(version, { credentials: 'bootstrap' }))).toEqual([level])
  expect(judgeBootstrap(version, { credentials: 'cli' })).toEqual([])
})

test('quotas below their default are named with their code', () => {
  const quota = { name: 'states: StartExecution', code: 'L-1', value: 150, usual: 300 }
  expect(judgeQuotas([quota, { ...quota, value: 300 }])).toEqual([
    { level: 'warning', text: 'The quota states: StartExecution (L-1) is 150 in this account; by default it is 300.' },
  ])
  expect(levels(judgeQuotas([{ ...quota, value: 1000 }]))).toEqual(['ok'])
})

test('addresses that no one reads are named with their setting', () => {
  const addresses = { adminEmail: 'a@shop.test', alarmEmail: undefined, mailFrom: 'o@mail.example.org' }
  expect(judgePlaceholders(addresses)).toEqual([
    { level: 'warning', text: 'mailFrom is still o@mail.example.org in infra/stages.ts: no mail can be sent.' },
  ])
  expect(judgePlaceholders({ ...addresses, mailFrom: 'o@notexample.org' })).toEqual([])
})

test('the worst is printed last, and counted', () => {
  const finding = (level: 'ok' | 'warning' | 'error') => ({ level, text: `is ${level}` })
  expect(linesOf([finding('error'), finding('ok'), finding('warning')])).toEqual([
    'ok       is ok',
    'warning  is warning',
    'error    is error',
    '1 error, 1 warning',
  ])
})
