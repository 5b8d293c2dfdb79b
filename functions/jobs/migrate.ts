import { background } from '#shared/composition/background.ts'
import { services } from '#shared/composition/process.ts'
import { migrate } from '#shared/jobs/migrate.ts'
import { MigrationRequest, migrationStatus } from '#shared/jobs/migration-status.ts'

export const handler = background(async (event, context) => {
  const { status, counted } = MigrationRequest.parse(event ?? {})
  return status ? migrationStatus(services(context), context, counted) : migrate(services(context), context)
})
