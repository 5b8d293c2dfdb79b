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

/** The alarms of a stage; whoever the stage names is told when one begins and, where that can be measured, when it is over. */
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
      treatMissingData: definition.isSeldomMeasured ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING,
    })
    if (action) alarm.addAlarmAction(action)
    if (action && !definition.isEvent) alarm.addOkAction(action)
    return alarm
  })
}

const alarmName = ({ name: stage }: Stage, name: string): string => `holdfast-${stage}-${name}`

/** With a key of our own: those of AWS do not let CloudWatch in. */
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
    description: `Alarms of holdfast-${stage.name} on their way`,
    enableKeyRotation: true,
    // Nothing is kept that it encrypts.
    removalPolicy: RemovalPolicy.DESTROY,
  })
  masterKey.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*')
  const topic = new Topic(scope, 'AlarmTopic', { masterKey, enforceSSL: true })
  topic.grantPublish(cloudWatch)
  topic.addSubscription(new EmailSubscription(email))
  return topic
}
