/** The part of Amazon States Language that Holdfast's machines use: all of it is understood by AWS, the emulator and the local interpreter alike. */

interface Retrier {
  readonly ErrorEquals: readonly string[]
  readonly IntervalSeconds: number
  readonly BackoffRate: number
  readonly MaxAttempts: number
  readonly MaxDelaySeconds: number
  readonly JitterStrategy: 'FULL'
}

interface Catcher<S extends string> {
  readonly ErrorEquals: readonly string[]
  /** Where the error goes in the state's input; null leaves the input as it was. */
  readonly ResultPath: null
  readonly Next: S
}

/** Values, or paths where the member's name ends in `.$`. */
type Payload = Readonly<Record<string, string | number>>

type Onward<S extends string> = { readonly Next: S } | { readonly End: true }

interface FunctionCall {
  readonly Type: 'Task'
  readonly Comment?: string
  /** `FunctionName` is the name of a task of the machine, to be substituted by the function's ARN. */
  readonly Parameters: { readonly FunctionName: `\${${string}}`; readonly Payload: Payload }
  readonly Retry: readonly Retrier[]
}

/** Calls a function, which passes a token on, and waits until somebody comes back with the token. */
export type WaitState<S extends string> = Onward<S> &
  FunctionCall & {
    readonly Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken'
    readonly ResultPath: null
    readonly Catch: readonly Catcher<S>[]
  } & ({ readonly TimeoutSeconds: number } | { readonly TimeoutSecondsPath: `$$.Execution.Input.${string}` })

/** Calls a function and goes on with what it answers. */
type CallState<S extends string> = Onward<S> &
  FunctionCall & {
    readonly Resource: 'arn:aws:states:::lambda:invoke'
    readonly TimeoutSeconds: number
    readonly ResultSelector?: Payload
    readonly ResultPath: `$.${string}` | null
  }

interface ChoiceState<S extends string> {
  readonly Type: 'Choice'
  readonly Comment?: string
  readonly Choices: readonly { readonly Variable: `$.${string}`; readonly StringEquals: string; readonly Next: S }[]
  readonly Default: S
}

interface SucceedState {
  readonly Type: 'Succeed'
  readonly Comment?: string
}

export type State<S extends string> = WaitState<S> | CallState<S> | ChoiceState<S> | SucceedState

export interface StateMachine<S extends string = string> {
  readonly Comment: string
  readonly StartAt: S
  readonly States: Readonly<Record<S, State<S>>>
}

/** A machine whose `StartAt` and every `Next` name a state it has: the compiler sees to it. */
export const stateMachine = <const S extends string>(machine: {
  readonly Comment: string
  readonly StartAt: NoInfer<S>
  readonly States: { readonly [K in S]: State<NoInfer<S>> }
}): StateMachine<S> => machine

/** A wait ends with this error when what it waits for will not happen any more. */
export const cancelled = 'Cancelled'

const retry = (...errors: string[]): readonly Retrier[] => [
  {
    ErrorEquals: errors,
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 20,
    MaxDelaySeconds: 300,
    JitterStrategy: 'FULL',
  },
]

/** What is worth another try: the function was not called, died, or could not do its work. */
const technicalErrors = [
  'Lambda.AWSLambdaException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.SdkClientException',
  'Lambda.ServiceException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Runtime.HandlerError',
  'RunFailed',
  'Sandbox.Timedout',
]

/** Of a state that waits: its timeout is no error. */
export const retryWait = retry(...technicalErrors)

/** Of a state that calls. */
export const retryCall = retry(...technicalErrors, 'States.Timeout')

/** What every task is told; times and tokens come from the machine's context. */
export const taskPayload = (state: string) =>
  ({
    state,
    'token.$': '$$.Task.Token',
    'entered_at.$': '$$.State.EnteredTime',
    'order_id.$': '$.order_id',
    'sequence.$': '$.sequence',
  }) as const
