// The local stack with faults between it and its table. It starts up without them: an installation that cannot be
// set up has no requests to serve.
import { main } from '#infra/local/main.ts'
import { runtime } from '#shared/composition/process.ts'
import { injectFaults, randomFaults } from '#tests/support/faults.ts'
import { seeded } from '#tests/support/seeded.ts'

await main()
const random = seeded(Number(process.env['FAULT_SEED'] ?? 1))
injectFaults(runtime().client, randomFaults(random, Number(process.env['FAULT_RATE'] ?? 0.2)))
