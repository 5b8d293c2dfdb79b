/** The package has no types of its own. */
declare module 'asl-validator' {
  function aslValidator(
    definition: object,
    options: { checkArn: boolean; checkPaths: boolean },
  ): { isValid: boolean; errorsText(separator: string): string }
  export = aslValidator
}
