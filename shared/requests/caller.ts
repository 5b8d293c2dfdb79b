import * as z from 'zod/mini'
import type { Guard } from './guard.ts'

/** What a signed-in person may be; each includes the rights of a user over their own orders. */
export const Role = z.enum(['user', 'editor', 'operator', 'admin'])
export type Role = z.infer<typeof Role>

/** A session as its tokens describe it. */
export interface SessionClaim {
  id: string
  /** Epoch of the account's credentials that the session started under. */
  epoch: number
}

/** The person behind an access token. */
export interface Caller {
  id: string
  role: Role
  session: SessionClaim
}

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
}): Caller => ({
  id: sub,
  role,
  session: { id: sid, epoch },
})

/** Who did it, as the audit trail keeps it: a person with their role, or a part of Holdfast itself. */
export const Actor = z.object({ id: z.string(), role: z.enum([...Role.options, 'workflow', 'job']) })
export type Actor = z.infer<typeof Actor>

/** Operators and admins run the warehouse and see every order. */
export const isStaff = (role: Actor['role']): boolean => role === 'operator' || role === 'admin'

/** What every use case may know of the request it serves. */
export interface RequestContext<C extends Caller | undefined = Caller | undefined> {
  caller: C
  requestId: string
  /** Epoch milliseconds after which no further attempt may be started. */
  deadline: number
  /** Only where the account of the caller decides, not the token alone. */
  guard?: Guard | undefined
}

/** A request that a signed-in person made. */
export type CallerContext = RequestContext<Caller>

export const actorOf = ({ id, role }: Caller): Actor => ({ id, role })

/** Holdfast itself, where a workflow acts on behalf of an order. */
export const workflowActor = { id: 'workflow', role: 'workflow' } as const satisfies Actor

/** Holdfast itself, where a job acts. */
export const jobActor = { id: 'job', role: 'job' } as const satisfies Actor
