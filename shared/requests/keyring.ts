/** The secrets of one purpose: the current one signs, and all of them verify, so that a new one invalidates nothing. */
export interface Keyring {
  current: string
  accepted: readonly string[]
}
