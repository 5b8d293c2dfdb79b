import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { Construct } from 'constructs'
import { relayDeadLetters, relayFunction } from '#shared/jobs/relay-function.ts'
import { messagesPerRun, subscriptions } from '#shared/jobs/subscriptions.ts'
import { changePrefixes } from '#shared/store/changes.ts'
import { FunctionFactory } from '../constructs/function-factory.ts'
import { allow } from '../constructs/grants.ts'
import { reportReturnedMails } from '../constructs/mail-feedback.ts'
import { Messaging } from '../constructs/messaging.ts'
import { addJobs } from '../constructs/schedules.ts'
import { Workflows } from '../constructs/workflows.ts'
import { relayFunctionName, type Stage, tableOutput } from '../stages.ts'
import type { DataStack } from './data-stack.ts'

/** Everything that runs after a request has been answered: relay, bus, consumers, jobs, workflows. */
export class EventsStack extends Stack {
  readonly #messaging: Messaging
  readonly #functions: FunctionFactory

  constructor(scope: Construct, id: string, { stage, data, ...props }: StackProps & { stage: Stage; data: DataStack }) {
    super(scope, id, { ...props, terminationProtection: stage.retainData })
    this.#messaging = new Messaging(this, 'Messaging', { stage })
    this.#functions = new FunctionFactory(this, { stage, data, messaging: this.#messaging })
    reportReturnedMails(this, stage)
    this.#addRelay(stage, data)
    this.#addConsumers(stage)
    addJobs(this, { stage, functions: this.#functions })
    new Workflows(this, 'Workflows', { stage, functions: this.#functions })
    // Which table a stage uses, whether the data stack has created it or not.
    new CfnOutput(this, tableOutput, { value: data.table.tableName })
  }

  #addRelay(stage: Stage, { table }: DataStack): void {
    const streamArn = table.tableStreamArn
    if (streamArn === undefined) throw new Error('The table has no stream')
    const relay = this.#functions.create('Relay', {
      ...relayFunction,
      functionName: relayFunctionName(stage),
      grants: [
        allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]),
        // Does not apply to a single stream.
        allow(['dynamodb:ListStreams'], [`${table.tableArn}/stream/*`]),
      ],
    })
    relay.addEventSourceMapping('Stream', {
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      // Changes of one order stay in sequence, and the relay's cursor does not depend on it.
      parallelizationFactor: stage.relaysPerShard,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 10,
      maxRecordAge: Duration.hours(23),
      // Receives only batches that killed the function; it dead-letters every other failure itself, by id.
      onFailure: new SqsDlq(this.#messaging.queue(relayDeadLetters)),
      filters: changePrefixes.map((prefix) => ({
        pattern: JSON.stringify({ eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix }] } } } }),
      })),
    })
  }

  #addConsumers({ runsPerConsumer }: Stage): void {
    for (const [name, subscription] of Object.entries(subscriptions)) {
      const queue = this.#messaging.queue(name)
      const consumer = this.#functions.create(name, {
        ...subscription,
        grants: [allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn])],
      })
      consumer.addEventSource(
        new SqsEventSource(queue, {
          batchSize: messagesPerRun,
          maxConcurrency: runsPerConsumer,
          reportBatchItemFailures: true,
        }),
      )
    }
  }
}
