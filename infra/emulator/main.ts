import { deploy } from './deployment.ts'
import { startEmulator } from './emulator.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

const port = Number(process.env['EMULATOR_PORT'] ?? 4566)
const emulator = await startEmulator(process.env['DATA_DIR'] ?? '.local', port)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => emulator.stop().then(() => process.exit(0)))
}
try {
  const { baseUrl, adminPassword } = await deploy(emulator.endpoint)
  print(`Holdfast   ${baseUrl}`)
  print(`Docs       ${baseUrl}/docs`)
  print(`Admin      username admin, initial password ${adminPassword} (change it with POST /auth/password)`)
  print('Ctrl-C stops the emulator and discards the deployment.')
} catch (error) {
  await emulator.stop()
  throw error
}
