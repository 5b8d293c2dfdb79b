import { background } from '#shared/runtime/background.ts'
import { services } from '#shared/runtime/services.ts'
import { awaitStock } from '#shared/workflows/await-stock.ts'
import { workflows } from '#shared/workflows/step-functions.ts'
import { WaitInput } from '#shared/workflows/task.ts'

export const handler = background((input: unknown, context) =>
  awaitStock(services(context), workflows(), WaitInput.parse(input), context.requestId),
)
