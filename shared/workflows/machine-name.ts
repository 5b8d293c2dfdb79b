import * as z from 'zod/mini'

/** The names of the workflows. They are apart from the machines, so that the store need not load the definitions. */
export const MachineName = z.enum(['fulfilment', 'recovery'])
export type MachineName = z.infer<typeof MachineName>
