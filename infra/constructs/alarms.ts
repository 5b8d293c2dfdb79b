import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import type { AlarmDefinition } from '../alarms.ts'
import type { Stage } from '../stages.ts'

/** Creates the alarms; the stage's `alarmEmail` is notified when one fires and, unless it is an event, when it clears. */
export function addAlarms(scope: Construct, stage: Stage, definitions: readonly AlarmDefinition[]): Alarm[] {
  const { alarmEmail } = stage
  const action = alarmEmail === undefined ? undefined : new SnsAction(alarmTopic(scope, stage, alarmEmail))
  return definitions.map((definition) => {
    const { name, meaning, runbook, metric, threshold, periods = { bad: 1, of: 1 } } = definition
    const alarm = new Alarm(scope, name, {
      alarmName: alarmName(stage, name),
      alarmDescription: `${meaning} What to do: docs/runbook.md, "${runbook}".`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: periods.bad,
      evaluationPeriods: periods.of,
      treatMissingData: definition.isRarelyMeasured ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING,
    })
    if (action) alarm.addAlarmAction(action)
    if (action && !definition.isEvent) alarm.addOkAction(action)
    return alarm
  })
}

const alarmName = ({ name: stage }: Stage, name: string): string => `holdfast-${stage}-${name}`

/** Encrypted with a customer-managed key: CloudWatch cannot use AWS-managed ones. */
function alarmTopic(scope: Construct, stage: Stage, email: string): Topic {
  const stack = Stack.of(scope)
  const alarms = stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: alarmName(stage, '*'),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': alarms } },
  })
  const masterKey = new Key(scope, 'AlarmKey', {
    description: `Encrypts alarm notifications of holdfast-${stage.name} in transit`,
    enableKeyRotation: true,
    // It encrypts nothing that is stored.
    removalPolicy: RemovalPolicy.DESTROY,
  })
  masterKey.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*')
  const topic = new Topic(scope, 'AlarmTopic', { masterKey, enforceSSL: true })
  topic.grantPublish(cloudWatch)
  topic.addSubscription(new EmailSubscription(email))
  return topic
}
