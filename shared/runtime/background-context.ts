export interface BackgroundContext {
  requestId: string
  /** Epoch milliseconds after which no further attempt may be started. */
  deadline: number
}
