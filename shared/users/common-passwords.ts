import { readFileSync } from 'node:fs'
import { runTimePath } from '#shared/runtime/run-time-files.ts'

export const commonPasswordsFile = 'shared/users/common-passwords.json'

/** The 3,000 most common passwords that are long enough for ours, in lower case. Read when a password is first set. */
export const commonPasswords = (): readonly string[] =>
  JSON.parse(readFileSync(runTimePath(commonPasswordsFile), 'utf8'))
