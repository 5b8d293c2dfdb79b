/** A message that was fetched: nobody else sees it for a while, and everybody again unless it is deleted. */
export interface Message {
  body: string
  delete(): Promise<void>
}

/** Queues by name; they keep their messages until somebody deletes them. */
export interface Queues {
  send(queue: string, body: string): Promise<void>
  /** @returns a few messages; none when the queue is empty */
  receive(queue: string): Promise<Message[]>
}

/** Where the messages go that their consumer could not handle. */
export const deadLettersOf = (queue: string): string => `${queue}-dead-letters`
