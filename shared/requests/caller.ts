import * as z from 'zod/mini'
import type { Guard } from './guard.ts'

/** What a signed-in person may be; each includes the rights of a user over their own orders. */
export const Role = z.enum(['user', 'editor', 'operator', 'admin'])
export type Role = z.infer<typeof Role>

/**
 * What an API key may be. A key is never an admin: behind whatever an admin does there is a person. An `integration` sees
 * all orders, reserves and cancels them, and does nothing else.
 */
export const KeyRole = z.enum(['user', 'editor', 'operator', 'integration'])
export type KeyRole = z.infer<typeof KeyRole>

/** A session as its tokens describe it. */
export interface SessionClaim {
  id: string
  /** Epoch of the account's credentials that the session started under. */
  epoch: number
}

/** One of the secrets that an API key has while it is being rotated. */
export interface KeyClaim {
  generation: number
}

/** The person behind an access token. */
export interface UserCaller {
  id: string
  role: Role
  session: SessionClaim
  key?: undefined
}

/** The API key that a program calls with. What it creates belongs to it. */
export interface KeyCaller {
  id: string
  role: KeyRole
  key: KeyClaim
  session?: undefined
}

export type Caller = UserCaller | KeyCaller

/** The caller that the claims of a verified token describe. */
export const callerOf = ({
  sub,
  sid,
  epoch,
  role,
}: {
  sub: string
  sid: string
  epoch: number
  role: Role
}): UserCaller => ({
  id: sub,
  role,
  session: { id: sid, epoch },
})

/** Who did it, as the audit trail keeps it: a person or an API key (`key_…`) with its role, or a part of Holdfast itself. */
export const Actor = z.object({ id: z.string(), role: z.enum([...Role.options, 'integration', 'workflow', 'job']) })
export type Actor = z.infer<typeof Actor>

/** Operators and admins run the warehouse and see every order. */
export const isStaff = (role: Actor['role']): boolean => role === 'operator' || role === 'admin'

/** Who sees the orders of everyone. */
export const seesAllOrders = (role: Actor['role']): boolean => isStaff(role) || role === 'integration'

/** What every use case may know of the request it serves. */
export interface RequestContext<C extends Caller | undefined = Caller | undefined> {
  caller: C
  requestId: string
  /** Epoch milliseconds after which no further attempt may be started. */
  deadline: number
  /** Only where the account of the caller decides, not the token alone. */
  guard?: Guard | undefined
}

/** A request of a signed-in person or an API key. */
export type CallerContext = RequestContext<Caller>

export const actorOf = ({ id, role }: Caller): Actor => ({ id, role })

/** Holdfast itself, where a workflow acts on behalf of an order. */
export const workflowActor = { id: 'workflow', role: 'workflow' } as const satisfies Actor

/** Holdfast itself, where a job acts. */
export const jobActor = { id: 'job', role: 'job' } as const satisfies Actor
