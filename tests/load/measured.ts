import { isFullProof } from '#tests/support/counts.ts'

/** Runs work on `count` things; a full proof says how long it took, for the record. */
export async function measured<T>(name: string, count: number, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const result = await work()
  const seconds = (performance.now() - startedAt) / 1000
  if (isFullProof) {
    process.stdout.write(`${name}: ${count} in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)}/s\n`)
  }
  return result
}
