import * as z from 'zod/mini'
import { OrderId } from '#shared/orders/order.ts'
import type { SystemContext } from '#shared/orders/system-actions.ts'
import { workflowActor } from '#shared/requests/caller.ts'

/** The order of an execution, and the sequence of the event that started it; every task is called with them. */
export const TaskInput = z.object({ order_id: OrderId, sequence: z.int() })
export type TaskInput = z.infer<typeof TaskInput>

/** Input of a task that begins a wait: its state, the token that ends the wait, and when the state was entered. */
export const WaitInput = z.object({ ...TaskInput.shape, state: z.string(), token: z.string(), entered_at: z.string() })
export type WaitInput = z.infer<typeof WaitInput>

export const workflowContext = (requestId: string): SystemContext => ({ actor: workflowActor, requestId })
