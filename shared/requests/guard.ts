/** What must hold when a signed-in request writes, or reads what belongs to others. */
export interface Guard {
  /**
   * Settles once the caller's account has been read; rejects with the Refusal that ends the request. The store awaits it
   * before every transaction, and the request before its answer.
   */
  admitted: Promise<void>
  /** Settles once the caller's budget has been charged; rejects with `rate_limited` where it is used up. */
  affordable?: Promise<void> | undefined
  /** Versions of the resource that may be changed; any when there are none. */
  expected?: ReadonlySet<number> | undefined
}
