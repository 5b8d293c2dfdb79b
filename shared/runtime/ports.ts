/** Access to an outside system. It is AWS by default; the local stack replaces it. */
export interface Port<T> {
  (): T
  replace(replacement: T): void
}

/** @param make called on first use, so that importing a port has no side effects */
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
