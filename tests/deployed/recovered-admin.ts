import { initialPassword } from '#infra/emulator/deployment.ts'
import { jobFunctionName, stageOf } from '#infra/stages.ts'
import { expectStatus, signInAdmin } from '#tests/support/people.ts'
import { changeFirstPassword, type Installation } from './installation.ts'
import { invoke } from './invoke.ts'

/** Recovers the first admin as an operator does, and gives it the password of the tests again. @throws Error when it stays out */
export async function recoverAdmin({ baseUrl, endpoint, adminPassword }: Installation): Promise<void> {
  await invoke(endpoint, jobFunctionName(stageOf('emulator'), 'recover-admin'), {})
  await changeFirstPassword({ baseUrl, adminPassword: await initialPassword(endpoint) })
  expectStatus(await (await signInAdmin(baseUrl, adminPassword)).listUsers(), 200)
}
