// Installs the packages of the lock file if that has not been done. Plain JavaScript, because it runs on the machine's own
// Node before the project's Node is installed. npm writes its marker last, so a broken install is repeated.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'

/** `npm install` writes the lock file a moment after its marker. */
const toleranceMilliseconds = 10_000

const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

if (changedAt('node_modules/.package-lock.json') + toleranceMilliseconds < changedAt('package-lock.json')) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit' })
  process.exit(status ?? 1)
}
