import { workflows } from '#shared/aws/step-functions.ts'
import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { beginWait } from '#shared/workflows/begin-wait.ts'
import { WaitInput } from '#shared/workflows/task-input.ts'

export const handler = background(async (input: unknown, context) => {
  await beginWait(services(context), workflows(), 'fulfilment', WaitInput.parse(input))
})
