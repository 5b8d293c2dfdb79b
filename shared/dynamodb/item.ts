/** An item as DynamoDB's document client gives and takes it. */
export type Item = Record<string, unknown>

/** Primary key of an item. */
export type Key = { pk: string; sk: string }
