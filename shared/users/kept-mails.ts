import { port } from '#shared/runtime/ports.ts'

/** Mails that are kept after they were sent. */
export interface KeptMails {
  /** Deletes those about an order. */
  forget(orderId: string): Promise<void>
  /** Deletes those to an address. */
  forgetReader(address: string): Promise<void>
}

/** SES keeps none; the local stack writes them to files. */
export const keptMails = port<KeptMails>(() => ({
  forget: async () => undefined,
  forgetReader: async () => undefined,
}))
