/**
 * Whether a PATCH changes anything. One that does not is answered without a write: so a retry of a request whose answer
 * got lost succeeds, although the version it names is no longer the current one.
 * @param change fields of scalar values
 */
export const isChange = <T extends object>(before: T, change: Partial<T>): boolean =>
  Object.entries(change).some(([field, value]) => before[field as keyof T] !== value)
