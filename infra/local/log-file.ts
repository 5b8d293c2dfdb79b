import { createStream } from 'rotating-file-stream'
import { destination, type LogLine } from '#shared/runtime/log.ts'

/** Size at which a log file is rotated, and how many rotated files are kept. */
const rotation = { size: '10M', rotate: 5 } as const

const print = (text: string) => void process.stdout.write(`${text}\n`)

/** Shows a request as one readable line, and warnings and errors with all their fields. */
function show(line: LogLine): void {
  const { level, timestamp, status, route, duration_ms, request_id } = line
  if (level === 'ERROR' || level === 'WARN') print(JSON.stringify(line))
  else if (status !== undefined) print(`${timestamp} ${status} ${route} ${duration_ms ?? 0} ms ${request_id}`)
}

/**
 * Writes all lines to `app.log` in a folder, rotated, and to stdout: as JSON, or in a readable form to a terminal.
 * @returns `end` resolves when everything is written
 */
export function keepLogs(folder: string): { end(): Promise<void> } {
  const file = createStream('app.log', { path: folder, ...rotation })
  // A full disk does not stop the service.
  file.on('error', ({ message }) => void process.stderr.write(`app.log cannot be written: ${message}\n`))
  destination.replace((line) => {
    file.write(`${JSON.stringify(line)}\n`)
    if (process.stdout.isTTY) show(line)
    else print(JSON.stringify(line))
  })
  return { end: () => new Promise((written) => file.end(() => written())) }
}
