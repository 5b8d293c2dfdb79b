import { Duration } from 'aws-cdk-lib'
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import type { Construct } from 'constructs'
import { namedJobs } from '#shared/jobs/jobs.ts'
import { jobFunctionName, type Stage } from '../stages.ts'
import type { FunctionFactory } from './function-factory.ts'
import { allow } from './grants.ts'

/** Creates every job's function, and a schedule for jobs that have one. */
export function addJobs(scope: Construct, { stage, functions }: { stage: Stage; functions: FunctionFactory }): void {
  for (const { name, everyMinutes, ...job } of namedJobs) {
    const handler = functions.create(name, { ...job, functionName: jobFunctionName(stage, name) })
    if (everyMinutes === undefined) continue
    // The next run makes up for a failed one; a retry by Lambda could overlap with it.
    handler.configureAsyncInvoke({ retryAttempts: 0 })
    const role = new Role(scope, `${name}ScheduleRole`, {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      inlinePolicies: {
        invoke: new PolicyDocument({ statements: [allow(['lambda:InvokeFunction'], [handler.functionArn])] }),
      },
    })
    new Schedule(scope, `${name}Schedule`, {
      schedule: ScheduleExpression.rate(Duration.minutes(everyMinutes)),
      // No retries: the next run makes up for a failed one. The construct's own policy would allow all versions, too.
      target: new LambdaInvoke(handler, { retryAttempts: 0, role: role.withoutPolicyUpdates() }),
    })
  }
}
