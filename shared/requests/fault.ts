/**
 * A bug in this service: an invariant does not hold. Its message is logged as it is, so it contains only fixed words, ids and
 * SKUs, and nothing that a person sent or that is stored about them. The messages of all other errors stay out of the log.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
}
