import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startOfDay } from '#shared/requests/start-of-day.ts'
import { always } from '#tests/support/property.ts'

const known: [string, string, string, string][] = [
  ['a usual one', '2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
  ['when clocks go back later', '2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
  ['after clocks went back', '2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
  ['when clocks go forward later', '2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['that begins at 01:00', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ['that begins at 01:00 in Beirut', '2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
  ['before which an hour comes twice', '2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
  ['whose first minute comes twice', '2010-11-07', 'America/St_Johns', '2010-11-07T02:30:00.000Z'],
  ['whose midnight comes twice', '2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
  ['that a zone skipped', '2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['after the one a zone skipped', '2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['whose clocks skipped from 23:30 to 00:30', '1919-03-31', 'America/Toronto', '1919-03-31T04:30:00.000Z'],
  ['in a zone of quarter hours', '2026-01-01', 'Asia/Kathmandu', '2025-12-31T18:15:00.000Z'],
  ['of the first year', '0000-01-01', 'UTC', '0000-01-01T00:00:00.000Z'],
]

describe('a day begins where the zone’s calendar first shows it', () => {
  test.each(known)('%s', (_, date, zone, expected) => {
    expect(new Date(startOfDay(date, zone)).toISOString()).toBe(expected)
  })

  /** The slow way: every quarter of an hour, the calendar is read. */
  function firstQuarterOf(date: string, timeZone: string): number {
    const calendar = new Intl.DateTimeFormat('sv', { timeZone })
    const [quarter, midnight] = [900_000, Date.parse(date)]
    for (let time = midnight - 96 * quarter; ; time += quarter) if (calendar.format(time) >= date) return time
  }

  test('on every day of these decades, in every zone', () => {
    const days = fc.integer({ min: 365 * 20, max: 365 * 70 })
    always(fc.tuple(days, fc.constantFrom(...Intl.supportedValuesOf('timeZone'))), ([day, zone]) => {
      const date = new Date(day * 86_400_000).toISOString().slice(0, 10)
      const [found, quarter] = [startOfDay(date, zone), firstQuarterOf(date, zone)]
      expect(found, `${date} ${zone}`).toBeLessThanOrEqual(quarter)
      expect(found, `${date} ${zone}`).toBeGreaterThan(quarter - 900_000)
    })
  })
})
