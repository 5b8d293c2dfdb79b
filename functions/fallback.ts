import { answerUnrouted, unrouted } from '#shared/api/fallback.ts'
import { implement } from '#shared/api/implement.ts'

export const handler = implement(unrouted)(({ request }) => answerUnrouted(request))
