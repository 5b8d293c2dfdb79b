import { Duration } from 'aws-cdk-lib'
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import type { Construct } from 'constructs'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { jobFunctionName, type Stage } from '../stages.ts'
import type { FunctionFactory } from './function-factory.ts'
import { allow } from './grants.ts'

/** The function of every job, and a schedule for those that have one. */
export function addJobs(scope: Construct, { stage, functions }: { stage: Stage; functions: FunctionFactory }): void {
  for (const { name, everyMinutes, ...job } of namedJobs) {
    const handler = functions.create(name, { ...job, functionName: jobFunctionName(stage, name) })
    if (everyMinutes === undefined) continue
    const role = new Role(scope, `${name}ScheduleRole`, {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      inlinePolicies: {
        invoke: new PolicyDocument({ statements: [allow(['lambda:InvokeFunction'], [handler.functionArn])] }),
      },
    })
    new Schedule(scope, `${name}Schedule`, {
      schedule: ScheduleExpression.rate(Duration.minutes(everyMinutes)),
      // A run that fails is made up for by the next. The construct would allow all versions of the function, too.
      target: new LambdaInvoke(handler, { retryAttempts: 0, role: role.withoutPolicyUpdates() }),
    })
  }
}
