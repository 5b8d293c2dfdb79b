/** What AWS answered, or why it is not known. */
export type Reading<T> = { readonly value: T } | { readonly refused: string }

/**
 * Calls AWS for something that a deployment can do without, so a refusal is a result.
 * @param action the IAM action that the call needs
 */
export async function read<T>(action: string, call: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await call() }
  } catch (error) {
    return { refused: refusalOf(action, error) }
  }
}

function refusalOf(action: string, error: unknown): string {
  const name = error instanceof Error ? error.name : String(error)
  return /AccessDenied|UnauthorizedOperation|NotAuthorized/.test(name) ? `needs ${action}` : `${action}: ${name}`
}

/** The value, if it is known. */
export const known = <T>(reading: Reading<T>): T | undefined => ('value' in reading ? reading.value : undefined)

/** `undefined` for an error of one of these names: there is no such thing. */
export async function unlessMissing<T>(names: readonly string[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined
    throw error
  }
}

/** All pages. @param page reads one page; the first is read without a token */
export async function allPages<T>(
  page: (token: string | undefined) => Promise<{ items: readonly T[] | undefined; next: string | undefined }>,
): Promise<T[]> {
  const found: T[] = []
  let token: string | undefined
  do {
    const { items, next } = await page(token)
    found.push(...(items ?? []))
    token = next
  } while (token !== undefined)
  return found
}
