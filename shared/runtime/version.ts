import manifest from '#package' with { type: 'json' }

/** Of Holdfast, as the package says. */
export const version: string = manifest.version
