/**
 * A mistake of ours: something that cannot be, is. Its message is logged as it is, so it is made of our own words, ids and
 * SKUs, never of what somebody sent or of what is stored about them. Of all other errors the message stays out of the log.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
}
