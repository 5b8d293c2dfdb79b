import type { StateMachine } from '#shared/workflows/states-language.ts'

/** Mermaid takes no hyphens in names. */
const idOf = (state: string): string => state.replaceAll('-', '_')

const reasons: Record<string, string> = { 'States.Timeout': 'timeout' }

/** A machine as Mermaid, as its definition says. */
export function diagramOf({ StartAt, States }: StateMachine): string {
  const names = Object.entries(States).map(([name, { Type }]) =>
    Type === 'Choice' ? `  state ${idOf(name)} <<choice>>` : `  state "${name}" as ${idOf(name)}`,
  )
  const edges = Object.entries(States).flatMap(([name, state]) => {
    const to = (next: string, why?: string) => `  ${idOf(name)} --> ${idOf(next)}${why === undefined ? '' : `: ${why}`}`
    if (state.Type === 'Succeed') return [to('[*]')]
    if (state.Type === 'Choice') {
      return [...state.Choices.map(({ Next, StringEquals }) => to(Next, StringEquals)), to(state.Default)]
    }
    const caught = 'Catch' in state ? state.Catch : []
    return [
      to('Next' in state ? state.Next : '[*]'),
      ...caught.map(({ ErrorEquals, Next }) => to(Next, ErrorEquals.map((error) => reasons[error] ?? error).join())),
    ]
  })
  return ['```mermaid', 'stateDiagram-v2', ...names, `  [*] --> ${idOf(StartAt)}`, ...edges, '```'].join('\n')
}
