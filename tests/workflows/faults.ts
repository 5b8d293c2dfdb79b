import { NamedError } from '#infra/local/workflow-runner.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import type { Workflows } from '#shared/workflows/workflows.ts'
import type { Fault as TableFault } from '#tests/support/faults.ts'
import type { TaskState } from './courses.ts'
import type { Disturbances } from './disturbances.ts'

/** A fault: in the function of a state when it is first called, or in what surrounds it. */
type FaultOf = { inState(state: TaskState): Partial<Disturbances> } | { around(): Partial<Disturbances> }

const fileOf = (state: TaskState): string => {
  for (const { definition, tasks } of namedMachines) {
    const found = definition.States[state]
    if (found?.Type === 'Task') return tasks[found.Parameters.FunctionName.slice(2, -1)]?.file ?? ''
  }
  throw new Error(`There is no ${state}`)
}

type Call = () => Promise<unknown>

/** Replaces the first call of the state's function. */
const firstCall = (instead: (call: Call) => Promise<unknown>) => ({
  inState(state: TaskState): Partial<Disturbances> {
    let isFirst = true
    return {
      invoke: (run) => (file, payload, timeout) => {
        const call = () => run(file, payload, timeout)
        const isIt = file === fileOf(state) && (!('state' in payload) || payload.state === state)
        if (!isIt || !isFirst) return call()
        isFirst = false
        return instead(call)
      },
    }
  },
})

/** The first call of the state's function to the table fails. */
const tableFault = (fault: TableFault) => ({
  inState(state: TaskState): Partial<Disturbances> {
    let isDue = false
    const table = () => {
      if (!isDue) return undefined
      isDue = false
      return fault
    }
    const { invoke } = firstCall(async (call) => {
      isDue = true
      return call()
    }).inState(state)
    return { table, ...(invoke ? { invoke } : {}) }
  },
})

/** Replaces the first call to Step Functions. */
const firstRequest = (instead: <T>(call: () => Promise<T>) => Promise<T>) => ({
  around(): Partial<Disturbances> {
    let isFirst = true
    const disturbed = <T>(call: () => Promise<T>): Promise<T> => {
      if (!isFirst) return call()
      isFirst = false
      return instead(call)
    }
    return {
      workflows: (workflows): Workflows => ({
        start: (...given) => disturbed(() => workflows.start(...given)),
        resume: (...given) => disturbed(() => workflows.resume(...given)),
        redriveFailed: workflows.redriveFailed,
      }),
    }
  },
})

/** The first start finds as many executions open as there may be. */
const noRoom: FaultOf = {
  around() {
    let isFirst = true
    return {
      workflows: (workflows) => ({
        start: async (...given) => {
          if (!isFirst) return workflows.start(...given)
          isFirst = false
          return false
        },
        resume: (...given) => workflows.resume(...given),
        redriveFailed: () => workflows.redriveFailed(),
      }),
    }
  },
}

/** Changes what the stream does with records from here on. */
const streamFault = (make: () => Disturbances['stream']) => ({ around: () => ({ stream: make() }) })

/** Calls that are repeated when everything is over. */
export const delayed: Call[] = []
const throttled = async () => {
  throw new NamedError('Lambda.TooManyRequestsException')
}

export const faults: Record<string, FaultOf | undefined> = {
  'nothing goes wrong': undefined,
  'the function is throttled': firstCall(throttled),
  'the function crashes before its effect': firstCall(async () => {
    throw new NamedError('Sandbox.Timedout')
  }),
  'the function crashes after its effect': firstCall(async (call) => {
    await call()
    throw new NamedError('Sandbox.Timedout')
  }),
  'the reply of the function is lost': firstCall(async (call) => {
    await call()
    throw new NamedError('Lambda.SdkClientException')
  }),
  'the function is called twice': firstCall(async (call) => {
    await call()
    return call()
  }),
  'the function is called again much later': firstCall((call) => {
    delayed.push(call)
    return call()
  }),
  'the table throttles the function': tableFault('throttle'),
  'a reply of the table is lost': tableFault('lost reply'),
  'the function dies after a call of the table': tableFault('death after the call'),
  'Step Functions throttles': firstRequest(throttled),
  'a reply of Step Functions is lost': firstRequest(async (call) => {
    await call()
    throw new NamedError('TimeoutError')
  }),
  'as many executions are open as there may be': noRoom,
  'records come twice': streamFault(() => (records) => [records, records]),
  'records come in another order': streamFault(() => (records) => records.map((record) => [record]).toReversed()),
  'records come late': streamFault(() => {
    let held: Parameters<Disturbances['stream']>[0] | undefined
    return (records) => {
      const batches = held === undefined ? [] : [records, held]
      held ??= records
      return batches
    }
  }),
  'records are lost': streamFault(() => () => []),
}
