/** So many clients at once take tasks in turn until none is left; the results are in the order of the tasks. */
export async function crowd<T, R>(
  clients: number,
  tasks: readonly T[],
  work: (task: T, n: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const queue = tasks.entries()
  const client = async () => {
    for (const [n, task] of queue) results[n] = await work(task, n)
  }
  await Promise.all(Array.from({ length: clients }, client))
  return results
}
