import { Bucket } from 'aws-cdk-lib/aws-s3'
import { expect, test } from 'vitest'
import { acknowledgements } from '#infra/acknowledged-rules.ts'
import { checkedApp } from '#infra/holdfast.ts'
import { realStages } from '#infra/stages.ts'

const outdir = 'cdk.out/security-rules'

test.each(realStages)('no finding of the security rules is open on %s', (stage) => {
  const { app } = checkedApp({ outdir }, stage)
  expect(() => app.synth()).not.toThrow()
})

test('a finding fails the synthesis', () => {
  const { app, data } = checkedApp({ outdir }, 'prod')
  new Bucket(data, 'Open')
  expect(() => app.synth()).toThrow()
})

test('at most thirteen findings are acknowledged, each with a reason of its own', () => {
  const reasons = acknowledgements.map(({ reason }) => reason)
  expect(reasons.length).toBeLessThanOrEqual(13)
  expect(reasons.filter((reason) => reason.length < 20)).toEqual([])
  expect(new Set(reasons).size).toBe(reasons.length)
})
