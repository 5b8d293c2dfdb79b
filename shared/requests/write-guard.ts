import type { Role } from './caller.ts'

/** A caller's account as the table has it now; the caller's token may be older. */
export interface Account {
  role: Role
  disabled: boolean
  must_change_password: boolean
}

/** What must hold when a signed-in request writes. The store enforces it, for every write in one place. */
export interface WriteGuard {
  callerId: string
  /** @throws Refusal when the account does not allow the request any more */
  admit: (account: Account | undefined) => void
  /** Versions of the resource that may be changed; any when there are none. */
  expected?: ReadonlySet<number> | undefined
}
