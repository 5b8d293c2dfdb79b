import { join } from 'node:path'
import { pythonEnvironment } from '#infra/python-environment.ts'
import { requestExamples } from '#shared/api/request-examples.ts'
import { NewProduct } from '#shared/products/product.ts'
import { counts, isFullProof } from '#tests/support/counts.ts'
import { violationsAt } from '#tests/support/invariants.ts'
import { adminPassword, startLocalStack } from '#tests/support/local-stack.ts'
import { expectStatus, newKey, newPerson, signInAdmin } from '#tests/support/people.ts'
import { explore, type Phase } from './schemathesis.ts'

/**
 * `npm run explore`: schemathesis against a stack of its own, by two customers and by an admin; then the invariants.
 * An argument is a seed instead of the usual one.
 */
const seed = Number(process.argv[2] ?? 20_261_121)
const wantedRequests = 10_000
const all: Phase[] = ['examples', 'coverage', 'fuzzing', 'stateful']
// Most requests of the coverage phase are forbidden to customers; a short run makes them as the admin only.
const forCustomers = all.filter((phase) => isFullProof || phase !== 'coverage')

const folder = join(import.meta.dirname, '../../.local/exploration')
const program = join(pythonEnvironment(folder, join(import.meta.dirname, 'requirements.txt'), 11), 'st')
const print = (line: string) => process.stdout.write(`${line}\n`)

const stack = await startLocalStack({ environment: { LOG_LEVEL: 'ERROR', ACCESS_TOKEN_MINUTES: '60' } })
try {
  const { baseUrl } = stack
  const admin = await signInAdmin(baseUrl, adminPassword)
  // The resources that the examples of the description name.
  expectStatus(await admin.createProduct({ body: NewProduct.parse(requestExamples.createProduct[0]) }), 201)
  expectStatus(await admin.receiveStock({ body: requestExamples.receiveStock[0], headers: newKey() }), 201)
  const [ada, bob] = [await newPerson(baseUrl, admin), await newPerson(baseUrl, admin)]
  const tokenOf = ({ tokens }: typeof admin) => tokens.access_token

  const common = { program, baseUrl, seed, counts: counts.exploration }
  const runs = [
    explore({ ...common, phases: forCustomers, identities: { ada: tokenOf(ada), bob: tokenOf(bob) } }),
    explore({ ...common, phases: all, identities: { admin: tokenOf(admin) } }),
  ]
  const violations = await violationsAt(stack.endpoint)
  const requests = runs.reduce((sum, run) => sum + run.requests, 0)
  for (const violation of violations) print(violation)
  print(`${requests} requests with seed ${seed}; ${violations.length} invariants broken`)
  const isEnough = !isFullProof || requests >= wantedRequests
  if (runs.some(({ isClean }) => !isClean) || violations.length > 0 || !isEnough) process.exitCode = 1
} finally {
  await stack.stop()
}
