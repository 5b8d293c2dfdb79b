// Loaded by a process of the local stack before anything else: records the AWS actions that each function takes.
import { AsyncLocalStorage } from 'node:async_hooks'
import { callerName } from '#infra/deployed-functions.ts'
import { invocations } from '#infra/local/lambda.ts'
import { bus } from '#shared/aws/event-bridge.ts'
import { mailer } from '#shared/aws/ses.ts'
import { queues } from '#shared/aws/sqs.ts'
import { workflows } from '#shared/aws/step-functions.ts'
import { createRuntime, type Runtime, runtime } from '#shared/composition/process.ts'
import type { AwsAction } from '#shared/runtime/function-definition.ts'
import type { Port } from '#shared/runtime/ports.ts'
import type { SecretSource } from '#shared/runtime/secret-source.ts'
import type { SecretName, SecretSources } from '#shared/runtime/secrets.ts'
import { actionsOf, secretUse } from './aws-actions.ts'
import { ownRuntimes, recordUse } from './used-actions.ts'

/** What is running: a function, with what its process keeps between calls. */
interface Instance {
  file: string
  servicesUntil: Runtime['servicesUntil']
}

const current = new AsyncLocalStorage<Instance>()
const instances = new Map<string, Instance>()

/** The function that is running takes an action; without one it is the stack's own. */
function use(...actions: string[]): void {
  const instance = current.getStore()
  if (instance) recordUse(callerName(instance), actions)
}

function observe({ client }: Runtime): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { method, path: url, headers, body } = args.request as Sent
      use(...actionsOf({ method, url, headers }, typeof body === 'string' ? body : new TextDecoder().decode(body)))
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'recordActions' },
  )
}

/** A request as the SDK's protocol has written it. */
interface Sent {
  method: string
  path: string
  headers: Record<string, string>
  body: string | Uint8Array
}

function recorded<T>(name: SecretName, { current: read, refreshed }: SecretSource<T>): SecretSource<T> {
  const recording = (get: () => Promise<T>) => () => {
    use('secretsmanager:GetSecretValue', secretUse(name))
    return get()
  }
  return { current: recording(read), refreshed: recording(refreshed) }
}

const allRecorded = (sources: SecretSources): SecretSources => ({
  signing: recorded('signing', sources.signing),
  verification: recorded('verification', sources.verification),
  refresh: recorded('refresh', sources.refresh),
  cursor: recorded('cursor', sources.cursor),
  apiKey: recorded('apiKey', sources.apiKey),
  metrics: recorded('metrics', sources.metrics),
})

/** Services of the runtime that the functions of a process share, once it is observed. */
let shared: Runtime['servicesUntil'] | undefined

/** Replaces the process's services by those of the running function. */
function sharedServices(): Runtime['servicesUntil'] {
  if (shared) return shared
  const common = runtime()
  const { servicesUntil } = common
  observe(common)
  common.servicesUntil = (...given) => {
    const services = (current.getStore()?.servicesUntil ?? servicesUntil)(...given)
    const { store, secrets } = services
    const warehouses = { ...store.warehouses, forget: forgetWarehouses }
    return { ...services, store: { ...store, warehouses }, secrets: allRecorded(secrets) }
  }
  shared = servicesUntil
  return shared
}

/** A change of the warehouses reaches all functions at once, as it does when they share a runtime: no test has to wait. */
function forgetWarehouses(): void {
  for (const { servicesUntil } of instances.values()) servicesUntil(0).store.warehouses.forget()
}

/** Nothing is found in a cache that another function has filled, as on AWS. */
function ownServices(): Runtime['servicesUntil'] {
  const own = createRuntime(process.env)
  observe(own)
  return own.servicesUntil
}

invocations.start.bindStore(current, ({ file }) => {
  const common = sharedServices()
  const instance = instances.get(file) ?? { file, servicesUntil: ownRuntimes() ? ownServices() : common }
  instances.set(file, instance)
  return instance
})

/** Replacements of a port are wrapped, so that functions are seen to use them. */
function wrap<T>(port: Port<T>, recording: (inner: T) => T): void {
  const { replace } = port
  port.replace = (inner) => replace(recording(inner))
}

/** Notes an action on the way to the call. */
const using = <R>(action: AwsAction, call: () => R): R => {
  use(action)
  return call()
}

wrap(bus, (inner) => ({
  publish: (envelopes) => using('events:PutEvents', () => inner.publish(envelopes)),
}))
wrap(mailer, (inner) => ({
  send: (mail) => using('ses:SendEmail', () => inner.send(mail)),
}))
wrap(queues, (inner) => ({
  send: (queue, body) => using('sqs:SendMessage', () => inner.send(queue, body)),
  receive: async (queue) =>
    (await using('sqs:ReceiveMessage', () => inner.receive(queue))).map((message) => ({
      ...message,
      delete: () => using('sqs:DeleteMessage', () => message.delete()),
    })),
}))
wrap(workflows, (inner) => ({
  start: (...given) => using('states:StartExecution', () => inner.start(...given)),
  resume: (token, outcome) =>
    using(outcome === 'done' ? 'states:SendTaskSuccess' : 'states:SendTaskFailure', () => inner.resume(token, outcome)),
  redriveFailed: (isTimeUp) => using('states:ListExecutions', () => inner.redriveFailed(isTimeUp)),
}))
