import { DatabaseSync } from 'node:sqlite'

/**
 * dynoxide looks at all stream records to number the next one: after 3,000 orders a write takes ten times as long as the
 * first. With an index on that number it is one look-up.
 */
export function indexStreamNumbers(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 })
  try {
    database.exec(
      'CREATE INDEX IF NOT EXISTS holdfast_stream_number ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    )
  } finally {
    database.close()
  }
}
