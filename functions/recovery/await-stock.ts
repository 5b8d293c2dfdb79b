import { workflows } from '#shared/aws/step-functions.ts'
import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { awaitStock } from '#shared/workflows/await-stock.ts'
import { WaitInput } from '#shared/workflows/task-input.ts'

export const handler = background((input: unknown, context) =>
  awaitStock(services(context), workflows(), WaitInput.parse(input), context.requestId),
)
