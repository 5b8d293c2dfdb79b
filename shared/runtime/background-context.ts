/** Context of one run of a background function. */
export interface BackgroundContext {
  requestId: string
  /** Epoch milliseconds after which no further attempt may be started. */
  deadline: number
}
