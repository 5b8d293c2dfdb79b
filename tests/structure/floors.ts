/**
 * The folders of `shared`, from the ground up. A file imports values only from its own folder and from floors below, so the
 * folders cannot form a cycle. `functions` and `infra` stand on top.
 */
export const floors = [
  ...['requests', 'runtime', 'limits', 'dynamodb'],
  ...['products', 'stock', 'orders', 'api-keys', 'users', 'events', 'mail', 'workflows'],
  ...['store', 'aws', 'jobs', 'stats', 'deployment', 'composition', 'api'],
]
