import { Duration } from 'aws-cdk-lib'
import { EventBus, Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { eventSource } from '#shared/aws/event-bridge.ts'
import { deadLettersOf } from '#shared/events/queues.ts'
import { relayDeadLetters } from '#shared/jobs/relay-function.ts'
import { subscriptions } from '#shared/jobs/subscriptions.ts'
import { configurationSetName, queueName, type Stage } from '../stages.ts'

/** A message is dead-lettered after this many failed deliveries. */
const maxReceives = 5

/** The bus; for every subscription, a rule and a queue with a dead-letter queue. */
export class Messaging extends Construct {
  readonly bus: EventBus
  readonly #stage: Stage
  readonly #queues = new Map<string, Queue>()

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id)
    this.#stage = stage
    this.bus = new EventBus(this, 'Bus', { eventBusName: `holdfast-${stage.name}` })
    this.#add(relayDeadLetters)
    for (const [name, { from, types, timeoutSeconds }] of Object.entries(subscriptions)) {
      const deadLetters = this.#add(deadLettersOf(name))
      const queue = this.#add(name, {
        // A message must not be redelivered while it is being handled.
        visibilityTimeout: Duration.seconds(timeoutSeconds * 6),
        deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxReceives },
      })
      new Rule(this, `${name}Rule`, {
        ...(from === 'ses' ? ofMails(stage, types) : { eventBus: this.bus, eventPattern: ofHoldfast(types) }),
        targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters })],
      })
    }
  }

  /** @throws Error for an unknown name */
  queue(name: string): Queue {
    const queue = this.#queues.get(name)
    if (!queue) throw new Error(`There is no queue ${name}`)
    return queue
  }

  #add(name: string, props: Partial<ConstructorParameters<typeof Queue>[2]> = {}): Queue {
    const queue = new Queue(this, name, {
      queueName: queueName(this.#stage, name),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: this.#stage.requireTls,
      retentionPeriod: Duration.days(14),
      ...props,
    })
    this.#queues.set(name, queue)
    return queue
  }
}

type Types = (typeof subscriptions)[string]['types']

const ofHoldfast = (types: Types) => ({ source: [eventSource], detailType: [...types] })

/** On the default bus, the only one that SES knows: what happens to mails that this stage has sent. */
const ofMails = (stage: Stage, types: Types) => ({
  eventPattern: {
    source: [stage.mailEventSource],
    detailType: [...types],
    detail: { mail: { tags: { 'ses:configuration-set': [configurationSetName(stage)] } } },
  },
})
