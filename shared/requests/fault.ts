/**
 * A bug in this service: an invariant does not hold. Its message is logged as it is, so it contains only fixed words, ids and
 * SKUs, never of what somebody sent or of what is stored about them. Of all other errors the message stays out of the log.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
}
