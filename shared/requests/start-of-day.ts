const hour = 3_600_000
const day = 24 * hour

/**
 * The first moment that a zone's calendar shows the date or a later one, in epoch milliseconds: where clocks skip midnight,
 * the day begins at 01:00; where they skip the whole day, it is empty and begins when the next one does.
 * @param date `2026-10-25`
 * @param timeZone a name of the IANA database
 */
export function startOfDay(date: string, timeZone: string): number {
  const midnight = Date.parse(date)
  const offsetAt = offsetsOf(timeZone)
  const [before, after] = [offsetAt(midnight - day), offsetAt(midnight + day)]
  if (before === after) return midnight - before
  const change = firstMoment(midnight - day, midnight + day, (time) => offsetAt(time) !== before)
  return midnight - before < change ? midnight - before : Math.max(change, midnight - after)
}

/** Milliseconds that a zone's clocks are ahead of UTC, by epoch milliseconds. */
function offsetsOf(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  return (time) => {
    const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours = 0, minutes = 0, seconds = 0] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? []
    const ahead = Number(hours) * hour + Number(minutes) * 60_000 + Number(seconds) * 1000
    return sign === '-' ? -ahead : ahead
  }
}

/** @param isAfter false at `from`, true at `to`, and changes once between them */
function firstMoment(from: number, to: number, isAfter: (time: number) => boolean): number {
  let [last, first] = [from, to]
  while (first - last > 1) {
    const middle = Math.floor((last + first) / 2)
    if (isAfter(middle)) first = middle
    else last = middle
  }
  return first
}
