import { relayStream } from '#shared/events/relay-stream.ts'
import { background } from '#shared/runtime/background.ts'
import { outside } from '#shared/runtime/outside.ts'
import { services } from '#shared/runtime/services.ts'

export const handler = background((event: Parameters<typeof relayStream>[2], context) => {
  const own = services(context)
  return relayStream(own, outside(own, context), event)
})
