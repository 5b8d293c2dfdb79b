/** The part of Amazon States Language that Holdfast uses: AWS, the emulator and the local interpreter all support it. */

type Retrier =
  | {
      readonly ErrorEquals: readonly string[]
      readonly IntervalSeconds: number
      readonly BackoffRate: number
      readonly MaxAttempts: number
      readonly MaxDelaySeconds: number
      readonly JitterStrategy: 'FULL'
    }
  | { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: 0 }

interface Catcher<S extends string> {
  readonly ErrorEquals: readonly string[]
  /** Null: the error is not added to the state's input. */
  readonly ResultPath: null
  readonly Next: S
}

/** Values; a member whose name ends in `.$` holds a path. */
type Payload = Readonly<Record<string, string | number>>

type Onward<S extends string> = { readonly Next: S } | { readonly End: true }

interface FunctionCall {
  readonly Type: 'Task'
  readonly Comment?: string
  /** `FunctionName` names a task of the machine; the deployment substitutes the function's ARN. */
  readonly Parameters: { readonly FunctionName: `\${${string}}`; readonly Payload: Payload }
  readonly Retry: readonly Retrier[]
}

/** Calls a function with a task token, then waits until the token is used to end the state. */
export type WaitState<S extends string> = Onward<S> &
  FunctionCall & {
    readonly Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken'
    readonly ResultPath: null
    readonly Catch: readonly Catcher<S>[]
  } & ({ readonly TimeoutSeconds: number } | { readonly TimeoutSecondsPath: `$.${string}` })

/** Calls a function and continues with its result. */
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

/** Lets the compiler check that `StartAt` and every `Next` name a state of the machine. */
export const stateMachine = <const S extends string>(machine: {
  readonly Comment: string
  readonly StartAt: NoInfer<S>
  readonly States: { readonly [K in S]: State<NoInfer<S>> }
}): StateMachine<S> => machine

/** The error that ends a wait when what it waits for can no longer happen. */
export const cancelled = 'Cancelled'

const retry = (...errors: string[]): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 20,
  MaxDelaySeconds: 300,
  JitterStrategy: 'FULL',
})

/** Known errors of calls: the function was not called, crashed, or failed. They do not use up the attempts of the others. */
const technicalErrors = [
  'Lambda.AWSLambdaException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ResourceConflictException',
  'Lambda.ResourceNotReadyException',
  'Lambda.SdkClientException',
  'Lambda.ServiceException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Runtime.HandlerError',
  'RunFailed',
  'Sandbox.Timedout',
]

/** Any error but `States.Timeout`, whatever its name. */
const anyFailure = retry('States.TaskFailed')

/** Retries of a waiting state; neither its timeout nor a cancellation is a failure. */
export const retryWait: readonly Retrier[] = [
  retry(...technicalErrors),
  { ErrorEquals: [cancelled], MaxAttempts: 0 },
  anyFailure,
]

/** Retries of a state that calls a function. */
export const retryCall: readonly Retrier[] = [retry(...technicalErrors, 'States.Timeout'), anyFailure]

/** Payload of a task; see `WaitInput`. Token and time come from the machine's context. */
export const taskPayload = (state: string) =>
  ({
    state,
    'token.$': '$$.Task.Token',
    'entered_at.$': '$$.State.EnteredTime',
    'order_id.$': '$.order_id',
    'sequence.$': '$.sequence',
  }) as const
