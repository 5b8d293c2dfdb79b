import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { relayPorts } from '#shared/composition/relay-ports.ts'
import { relayStream } from '#shared/composition/relay-stream.ts'

export const handler = background((event: Parameters<typeof relayStream>[2], context) => {
  const runServices = services(context)
  return relayStream(runServices, relayPorts(runServices, context), event)
})
