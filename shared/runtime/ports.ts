/** Something outside of the table; the local stack puts its own in the place of AWS's. */
export interface Port<T> {
  (): T
  replace(replacement: T): void
}

/** @param make is called on first use, so that importing a port has no effect */
export function port<T>(make: () => T): Port<T> {
  let instance: T | undefined
  const get = (): T => {
    instance ??= make()
    return instance
  }
  return Object.assign(get, {
    replace: (replacement: T): void => {
      instance = replacement
    },
  })
}
