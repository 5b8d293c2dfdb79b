import type { Role } from './caller.ts'

/** A caller's account as the table has it now; the caller's token may be older. */
export interface Account {
  role: Role
  disabled: boolean
  must_change_password: boolean
}

/**
 * What must hold when a signed-in request writes, or reads a lot. The store enforces it in one place: for every transaction,
 * and for every look at all levels of a SKU.
 */
export interface WriteGuard {
  /** Settles once the caller's account has been read; rejects with the Refusal that ends the request. */
  admitted: Promise<void>
  /** Settles once the caller's budget has been charged; rejects with `rate_limited` where it is used up. */
  affordable?: Promise<void> | undefined
  /** Versions of the resource that may be changed; any when there are none. */
  expected?: ReadonlySet<number> | undefined
}
