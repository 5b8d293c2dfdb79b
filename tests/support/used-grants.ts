import { callerName, deployedFunctions } from '#infra/deployed-functions.ts'
import type { FunctionDefinition } from '#shared/runtime/function-definition.ts'
import { secretUse } from './aws-actions.ts'
import { afterFailure, type Excuse } from './unused-grants.ts'

/** A call of a function to AWS. */
export interface Call {
  /** Name of the function, as `callerName` gives it. */
  caller: string
  /** The IAM actions that AWS checks for it. */
  actions: readonly string[]
  wasRefused: boolean
}

/** The actions that a function is granted, and the secrets that it may read or write. */
export const grantedTo = ({ uses, secrets = [] }: FunctionDefinition): string[] => [...uses, ...secrets.map(secretUse)]

/** Compares the actions that functions are granted with those that they use; logs and traces are not calls of theirs. */
export class UsedGrants {
  readonly #functions: readonly FunctionDefinition[]
  readonly #excuses: Record<string, Excuse>
  readonly #used = new Map<string, Set<string>>()

  constructor(functions = deployedFunctions, excuses = afterFailure) {
    this.#functions = functions
    this.#excuses = excuses
  }

  readonly add = ({ caller, actions, wasRefused }: Call): void => {
    if (wasRefused) return
    const used = this.#used.get(caller) ?? new Set()
    for (const action of actions) used.add(action)
    this.#used.set(caller, used)
  }

  /** Every action that a function has used without a grant. */
  undeclared(): string[] {
    const granted = new Set(this.#grants())
    const used = [...this.#used].flatMap(([name, actions]) => [...actions].map((action) => `${name} ${action}`))
    return used.filter((grant) => !granted.has(grant)).map((grant) => `${grant} was used but is not granted`)
  }

  /** A line per function and one for all; and all that is wrong: undeclared, unused without a reason, or excused needlessly. */
  compare(): { lines: string[]; wrong: string[] } {
    const rows = this.#functions.map((deployed) => {
      const name = callerName(deployed)
      const granted = grantedTo(deployed)
      return { name, granted, unused: granted.filter((action) => !this.#used.get(name)?.has(action)) }
    })
    const unused = rows.flatMap(({ name, unused }) => unused.map((action) => ({ name, action })))
    const granted = this.#grants()
    const excused = new Set(
      Object.entries(this.#excuses).flatMap(([name, { actions }]) => actions.map((action) => `${name} ${action}`)),
    )
    const wrong = [
      ...this.undeclared(),
      ...unused
        .map(({ name, action }) => `${name} ${action}`)
        .filter((grant) => !excused.has(grant))
        .map((grant) => `${grant} was not used`),
      ...[...excused].filter((grant) => !granted.includes(grant)).map((grant) => `${grant} is excused but not granted`),
    ]
    const lines = [
      ...rows.map(({ name, granted, unused }) => `${granted.length - unused.length}/${granted.length} ${name}`),
      ...unused.map(({ name, action }) => `not used: ${name} ${action}: ${this.#excuses[name]?.because}`),
      `${granted.length - unused.length}/${granted.length} granted actions were used`,
    ]
    return { lines, wrong }
  }

  #grants(): string[] {
    return this.#functions.flatMap((deployed) =>
      grantedTo(deployed).map((action) => `${callerName(deployed)} ${action}`),
    )
  }
}
