/** A received message: hidden from other receivers for a while, then visible again unless it is deleted. */
export interface Message {
  body: string
  delete(): Promise<void>
}

/** Queues by name. Messages stay until they are deleted. */
export interface Queues {
  send(queue: string, body: string): Promise<void>
  /** @returns up to ten messages; none when the queue is empty */
  receive(queue: string): Promise<Message[]>
}

export const deadLettersOf = (queue: string): string => `${queue}-dead-letters`
