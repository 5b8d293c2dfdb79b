/** Longer than any number needs to be; what follows takes time that grows with the square of it. */
const maxLength = 40

/** Whether a JSON number survives being read as a double: `0.1` does, `9007199254740993` and `1e400` do not. */
export function isExactNumber(text: string): boolean {
  const read = Number(text)
  return text.length <= maxLength && Number.isFinite(read) && canonical(text) === canonical(String(read))
}

/** Equal for equal decimal numbers, however they are written. */
function canonical(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  return significant === '' ? '0' : `${sign}${significant}e${power}`
}
