/** A mail, ready to be sent. */
export interface Mail {
  /** Id of the event that it reports: the same however often it is sent. */
  id: string
  /** Addresses, without names. */
  from: string
  to: string
  /** One line. */
  subject: string
  html: string
  text: string
  /** When the event happened. ISO 8601. */
  at: string
}

/** How long sending one mail may take. */
export const sendSeconds = 8

export interface Mailer {
  /** Whether it can send to an address at all; without it, to every one. */
  accepts?(address: string): boolean
  /**
   * Gives up after `sendSeconds`.
   * @throws Error unless the mail was taken; its text does not identify the recipient
   */
  send(mail: Mail): Promise<void>
}
