import aslValidator from 'asl-validator'
import { describe, expect, test } from 'vitest'
import { namedMachines } from '#shared/workflows/machines.ts'
import { cancelled } from '#shared/workflows/states-language.ts'

/**
 * Everything that the local interpreter does as Step Functions does, by type of state. It ignores what it does not
 * know: `HeartbeatSeconds` and `Assign` above all.
 */
const understood: Record<string, readonly string[]> = {
  machine: ['Comment', 'StartAt', 'States'],
  Task: [
    ...['Type', 'Comment', 'Resource', 'Parameters', 'TimeoutSeconds', 'TimeoutSecondsPath'],
    ...['ResultSelector', 'ResultPath', 'Retry', 'Catch', 'Next', 'End'],
  ],
  Choice: ['Type', 'Comment', 'Choices', 'Default'],
  Succeed: ['Type', 'Comment'],
  retrier: ['ErrorEquals', 'IntervalSeconds', 'BackoffRate', 'MaxAttempts', 'MaxDelaySeconds', 'JitterStrategy'],
  catcher: ['ErrorEquals', 'ResultPath', 'Next'],
}

const unknownMembers = (kind: string, value: object): string[] =>
  Object.keys(value).filter((member) => !understood[kind]?.includes(member))

const longestWaitSeconds = 20 * 24 * 3600
/** What Step Functions reads in the state's input, and the local interpreter in the execution's. */
const timeoutPath = /^\$\.timeouts\.\w+$/

describe.each(namedMachines)('the machine $name', ({ definition, tasks, waitRules }) => {
  const states = Object.entries(definition.States)

  test('is valid Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(definition, { checkArn: true, checkPaths: true })
    expect(isValid ? '' : errorsText('\n')).toBe('')
  })

  test('uses only what the local interpreter supports', () => {
    const unknown = states.flatMap(([, state]) => [
      ...unknownMembers(state.Type, state),
      ...('Retry' in state ? state.Retry.flatMap((retrier) => unknownMembers('retrier', retrier)) : []),
      ...('Catch' in state ? state.Catch.flatMap((catcher) => unknownMembers('catcher', catcher)) : []),
    ])
    expect([...unknownMembers('machine', definition), ...unknown]).toEqual([])
  })

  test('waits nowhere longer than the timers of the interpreter allow', () => {
    for (const [name, state] of states) {
      if (state.Type !== 'Task') continue
      if ('TimeoutSecondsPath' in state) expect(state.TimeoutSecondsPath, name).toMatch(timeoutPath)
      else expect(state.TimeoutSeconds, name).toBeLessThanOrEqual(longestWaitSeconds)
    }
  })

  test('calls each of its tasks, and retries technical failures', () => {
    const calls = states.flatMap(([, state]) => (state.Type === 'Task' ? [state] : []))
    const called = calls.map(({ Parameters }) => Parameters.FunctionName.slice(2, -1))
    expect(new Set(called)).toEqual(new Set(Object.keys(tasks)))
    for (const { Retry } of calls) {
      expect(Retry.length).toBeGreaterThan(1)
      expect(Retry.at(-1)).toMatchObject({ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 20 })
    }
  })

  test('retries no wait that was cancelled, and catches it', () => {
    for (const [name, state] of states) {
      if (!('Catch' in state)) continue
      const deciding = state.Retry.find(({ ErrorEquals }) =>
        ErrorEquals.some((error) => error === cancelled || error === 'States.TaskFailed'),
      )
      expect(deciding, name).toEqual({ ErrorEquals: [cancelled], MaxAttempts: 0 })
      expect(state.Catch[0], name).toMatchObject({ ErrorEquals: [cancelled], Next: 'ended' })
    }
  })

  test('has a wait in the code for every waiting state, and the other way round', () => {
    const waiting = states.filter(([, state]) => 'Resource' in state && state.Resource.endsWith('.waitForTaskToken'))
    const within = Object.entries(waitRules).filter(([, { isBeyondMachine }]) => !isBeyondMachine)
    expect(within.map(([name]) => name).toSorted()).toEqual(waiting.map(([name]) => name).toSorted())
    for (const [name, { next }] of within) {
      const state = definition.States[name]
      const isLeft = next === undefined || waitRules[next]?.isBeyondMachine
      expect(state && 'Next' in state ? state.Next : undefined, name).toBe(isLeft ? undefined : next)
    }
  })
})
