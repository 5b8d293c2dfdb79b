// Installs the packages of the lock file if that has not been done. Plain JavaScript, because it runs on the machine's own
// Node before the project's Node is installed. npm writes its marker last, so a broken install is repeated.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { connect, createServer } from 'node:net'

/** `npm install` writes the lock file a moment after its marker. */
const toleranceMilliseconds = 10_000

/** How long the program that has the port may take to say what it is. */
const patienceMilliseconds = 5000

const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

const isDue = () =>
  changedAt('node_modules/.package-lock.json') + toleranceMilliseconds < changedAt('package-lock.json')

/** What an installation of this folder says on its port. */
const greeting = `Holdfast installs ${process.cwd()}`

/** From 20000 to 29999, the same for every installation of this folder, so that only one gets it: two break each other. */
const port = 20_000 + (createHash('sha256').update(process.cwd()).digest().readUInt32BE() % 10_000)

/** @returns false when the port is taken */
async function takePort() {
  const server = createServer((socket) => socket.on('error', () => undefined).write(greeting))
  server.listen(port, '127.0.0.1')
  return once(server, 'listening').then(
    () => true,
    () => false,
  )
}

/** Waits for the end of the installation that has the port. @returns false when it is another program that has it */
async function othersInstallation() {
  const socket = connect(port, '127.0.0.1').setTimeout(patienceMilliseconds, () => socket.destroy())
  let said = ''
  socket.on('data', (chunk) => {
    said += chunk
    if (said === greeting) socket.setTimeout(0)
  })
  const wasTaken = await new Promise((done) => {
    socket.on('error', ({ code }) => done(code !== 'ECONNREFUSED')).on('close', () => done(true))
  })
  return !wasTaken || said === greeting
}

let mayInstall = false
while (isDue() && !mayInstall) mayInstall = (await takePort()) || !(await othersInstallation())
if (mayInstall && isDue()) {
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit' })
  const [status] = await once(npm, 'exit')
  process.exit(status ?? 1)
}
process.exit(0)
