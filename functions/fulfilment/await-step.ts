import { background } from '#shared/runtime/background.ts'
import { services } from '#shared/runtime/services.ts'
import { workflows } from '#shared/workflows/step-functions.ts'
import { beginWait, WaitInput } from '#shared/workflows/task.ts'

export const handler = background(async (input: unknown, context) => {
  await beginWait(services(context), workflows(), 'fulfilment', WaitInput.parse(input))
})
