/** @throws Error when a function leaves something to be delivered again */
export async function expectDone(answered: Promise<unknown>): Promise<void> {
  const { batchItemFailures } = (await answered) as { batchItemFailures: unknown[] }
  if (batchItemFailures.length > 0) throw new Error('A function has not done everything')
}
