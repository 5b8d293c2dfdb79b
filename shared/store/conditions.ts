/** The item must not exist: its id is derived from the request, so an existing one means "this was done already". */
export const onlyNew = { ConditionExpression: 'attribute_not_exists(pk)' }

/** The item must be as it was read. */
export const onlyVersion = (version: number) => ({
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': version },
})
