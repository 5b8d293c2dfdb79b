import manifest from '#package' with { type: 'json' }

/** The version of Holdfast. */
export const version: string = manifest.version
