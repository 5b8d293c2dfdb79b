import list from './common-passwords.json' with { type: 'json' }

/** The 3,000 most common passwords that are long enough for ours, in lower case. */
export const commonPasswords = (): readonly string[] => list
