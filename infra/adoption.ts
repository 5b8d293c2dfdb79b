/** A table that exists and that no stack owns. */
export interface AdoptedTable {
  name: string
  streamArn: string
}

/** What a deployment refers to instead of creating it, because it exists already. */
export interface Adoption {
  table?: AdoptedTable | undefined
  /** Names of secrets. */
  secrets: readonly string[]
}

const keys = { table: 'tableName', stream: 'tableStreamArn', secrets: 'keptSecrets' }

/**
 * @param contextValue reads the CDK's context
 * @throws Error when a table is named without its stream, which cannot be derived from the name
 */
export function adoptionOf(contextValue: (key: string) => unknown): Adoption {
  const text = (key: string): string => String(contextValue(key) ?? '')
  const [name, streamArn, secrets] = [text(keys.table), text(keys.stream), text(keys.secrets)]
  if ((name === '') !== (streamArn === '')) throw new Error(`${keys.table} and ${keys.stream} belong together`)
  return {
    table: name === '' ? undefined : { name, streamArn },
    secrets: secrets === '' ? [] : secrets.split(','),
  }
}

/** The inverse, as arguments of the CDK's command line. */
export function adoptionArguments({ table, secrets }: Adoption): string[] {
  const values = [
    ...(table ? [`${keys.table}=${table.name}`, `${keys.stream}=${table.streamArn}`] : []),
    ...(secrets.length > 0 ? [`${keys.secrets}=${secrets.join(',')}`] : []),
  ]
  return values.flatMap((value) => ['-c', value])
}
