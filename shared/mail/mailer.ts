/** A mail, ready to be sent. */
export interface Mail {
  /** Of the event it tells: the same however often it is sent. */
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
  /**
   * Gives up after `sendSeconds`.
   * @throws Error unless the mail was taken; its text tells nothing about the recipient
   */
  send(mail: Mail): Promise<void>
}
