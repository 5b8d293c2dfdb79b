import * as fc from 'fast-check'

const seed = 20_261_120

/** Checks a property of everything an arbitrary makes; always the same values, so that failures repeat. */
export const always = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void, numRuns = 300): void =>
  fc.assert(fc.property(arbitrary, check), { seed, numRuns })

/** The same for asynchronous checks. */
export const alwaysEventually = <T>(
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<void>,
  numRuns: number,
): Promise<void> => fc.assert(fc.asyncProperty(arbitrary, check), { seed, numRuns })
