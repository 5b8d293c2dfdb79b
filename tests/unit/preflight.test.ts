import { afterEach, describe, expect, test } from 'vitest'
import { denied, Refusal } from '#tests/support/answering-account.ts'
import { deployedStacks, readyAccount, secretArn, secretsOfProd, streamArn } from '#tests/support/sample-account.ts'
import { calls, contextOf, endAccount, kinds, lookAt, own } from './look-at-account.ts'

afterEach(endAccount)

describe('a ready account', () => {
  test('has neither warnings nor errors, and one run deploys everything', async () => {
    const { title, errors, warnings, runs } = await lookAt()
    expect({ title, errors, warnings }).toEqual({
      title: 'prod in account 123456789012, eu-central-1',
      errors: [],
      warnings: [],
    })
    expect(runs()).toEqual([['deploy', '--all', '-c', 'stage=prod']])
  })

  test('is only read', async () => {
    await lookAt()
    expect(calls().length).toBeGreaterThan(10)
    expect(calls().filter((call) => !/^(?:\w+\.)?(?:Get|List|Describe)/.test(call))).toEqual([])
  })
})

describe('an account in which something is refused', () => {
  test.each(Object.keys(readyAccount).filter((one) => !['GetCallerIdentity', 'DescribeStacks'].includes(one)))(
    'is a warning that names the permission: %s',
    async (operation) => {
      const { errors, warnings } = await lookAt({ [operation]: denied }, { table: 'kept' })
      const [service, name] = operation.includes('.') ? operation.split('.') : ['', operation]
      const expected = service === 'apigateway' ? 'apigateway:GET' : (name as string)
      if (operation === 'ListAWSDefaultServiceQuotas') return expect(warnings).toHaveLength(1)
      expect(errors).toEqual([])
      expect(warnings).toEqual([expect.stringContaining(expected)])
      return expect(warnings[0]).toContain('was not checked: needs ')
    },
  )

  test('a service that fails is a warning, too', async () => {
    const { warnings } = await lookAt({ GetParameter: new Refusal('ValidationException') })
    expect(warnings).toEqual(['The bootstrap of the CDK was not checked: ssm:GetParameter: ValidationException.'])
  })

  test('unreadable stacks are an error, because the stage may have adopted a table, unless one is named', async () => {
    const unnamed = await lookAt({ DescribeStacks: denied })
    expect(unnamed.errors).toEqual([expect.stringContaining('name it with --table')])
    await endAccount()
    const named = await lookAt({ DescribeStacks: denied, ListSecrets: secretsOfProd }, { table: 'kept' })
    expect(named.errors).toEqual([])
    // They may belong to the data stack, which would drop them.
    expect(contextOf(named.runs()[0])).toEqual(['stage=prod', 'tableName=kept', `tableStreamArn=${streamArn}`])
  })
})

test.each([
  ['ExpiredToken', 'AWS refuses the credentials of this shell (ExpiredToken).'],
  ['InvalidClientTokenId', 'AWS refuses the credentials of this shell (InvalidClientTokenId).'],
])('credentials that AWS refuses (%s) are one sentence', async (code, sentence) => {
  await expect(lookAt({ GetCallerIdentity: new Refusal(code, 403) })).rejects.toThrow(sentence)
})

describe('what exists already', () => {
  const left = (name: string) => ({ TableNames: [name] })

  test('kept secrets are used as they are, and a kept table is pointed out', async () => {
    const { errors, warnings, runs } = await lookAt({ ListSecrets: secretsOfProd, ListTables: left(own) })
    expect(errors).toEqual([])
    expect(warnings).toEqual([expect.stringContaining(`--table ${own} adopts it`)])
    const names = secretsOfProd.SecretList.map(({ Name }) => Name).join(',')
    expect(contextOf(runs()[0])).toEqual(['stage=prod', `keptSecrets=${names}`])
  })

  test('secrets of the data stack stay in it', async () => {
    const resources = secretsOfProd.SecretList.map(({ Name }) => ({
      ResourceType: 'AWS::SecretsManager::Secret',
      PhysicalResourceId: secretArn(Name),
      ResourceStatus: 'CREATE_COMPLETE',
    }))
    const { runs } = await lookAt({ ListSecrets: secretsOfProd, ...deployedStacks(kinds, { resources }) })
    expect(contextOf(runs()[0])).toEqual(['stage=prod'])
  })

  test('a secret that is being deleted blocks its name', async () => {
    const [first] = secretsOfProd.SecretList
    const SecretList = [{ ...first, DeletedDate: 1_790_000_000 }]
    const { errors, runs } = await lookAt({ ListSecrets: { SecretList } })
    expect(errors).toEqual([expect.stringContaining(`${first?.Name} is being deleted`)])
    expect(contextOf(runs()[0])).toEqual(['stage=prod'])
  })

  test('a log group, a state machine and a configuration set that no stack has block their names', async () => {
    const name = '/aws/vendedlogs/states/holdfast-prod'
    const { errors } = await lookAt({
      DescribeLogGroups: { logGroups: [{ logGroupName: `${name}-2` }, { logGroupName: name }] },
      ListStateMachines: { stateMachines: [{ name: 'holdfast-prod-fulfilment', stateMachineArn: 'arn:x' }] },
      'ses.GetConfigurationSet': { ConfigurationSetName: 'holdfast-prod' },
    })
    expect(errors).toEqual(
      [name, 'holdfast-prod-fulfilment', 'set holdfast-prod'].map((one) => expect.stringContaining(one)),
    )
  })

  test.each(['ROLLBACK_FAILED', 'UPDATE_IN_PROGRESS', 'DELETE_FAILED', 'UPDATE_ROLLBACK_FAILED'])(
    'a stack that is %s is an error',
    async (status) => {
      const { errors } = await lookAt(deployedStacks(kinds.slice(0, 1), { status }))
      expect(errors).toEqual([expect.stringContaining(`holdfast-prod-data is ${status}`)])
    },
  )

  test.each(['ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'CREATE_COMPLETE'])(
    'a stack that is %s can be deployed',
    async (status) => expect((await lookAt(deployedStacks(kinds, { status }))).errors).toEqual([]),
  )
})
