import type { Role } from './caller.ts'

/** A caller's account as the table has it now; the caller's token may be older. */
export interface Account {
  role: Role
  disabled: boolean
  must_change_password: boolean
}

/** What must hold when a signed-in request writes. The store enforces it, for every transaction in one place. */
export interface WriteGuard {
  /** Settles once the caller's account has been read; rejects with the Refusal that ends the request. */
  admitted: Promise<void>
  /** Versions of the resource that may be changed; any when there are none. */
  expected?: ReadonlySet<number> | undefined
}
