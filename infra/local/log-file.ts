import { createStream } from 'rotating-file-stream'
import { destination, type LogLine } from '#shared/runtime/log.ts'

/** Size at which a log file makes room for the next, and how many old ones are kept. */
const rotation = { size: '10M', rotate: 5 } as const

const print = (text: string) => void process.stdout.write(`${text}\n`)

/** Somebody who watches is told of requests in one readable line, and of what goes wrong in all that is known. */
function show(line: LogLine): void {
  const { level, timestamp, status, route, duration_ms, request_id } = line
  if (level === 'ERROR' || level === 'WARN') print(JSON.stringify(line))
  else if (status !== undefined) print(`${timestamp} ${status} ${route} ${duration_ms ?? 0} ms ${request_id}`)
}

/**
 * Keeps all lines in `app.log` in a folder, rotated, and writes them to stdout, to a terminal in a form for people.
 * @returns what ends it when everything is written
 */
export function keepLogs(folder: string): { end(): Promise<void> } {
  const file = createStream('app.log', { path: folder, ...rotation })
  // A full disk is no reason not to serve.
  file.on('error', ({ message }) => void process.stderr.write(`app.log cannot be written: ${message}\n`))
  destination.replace((line) => {
    file.write(`${JSON.stringify(line)}\n`)
    if (process.stdout.isTTY) show(line)
    else print(JSON.stringify(line))
  })
  return { end: () => new Promise((written) => file.end(() => written())) }
}
