import { type Caller, isStaff } from '#shared/requests/caller.ts'
import { invalidFields } from '#shared/requests/refusal.ts'
import type { Services } from '#shared/runtime/services.ts'

/**
 * How long the reservations of a new order last, in minutes; undefined where nothing ends them. Those of plain users end at
 * the latest when the setting says so, also where no time was asked for.
 * @throws Refusal `validation_failed` when more was asked for
 */
export function reservationMinutes(
  { config: { USER_RESERVATION_MINUTES: longest } }: Services,
  { role }: Caller,
  asked: number | undefined,
): number | undefined {
  if (longest === 'off' || isStaff(role)) return asked
  if (asked !== undefined && asked > longest) {
    const detail = `a reservation lasts ${longest} minutes at most`
    throw invalidFields({ pointer: '#/reserve_for_minutes', code: 'too_big', detail })
  }
  return asked ?? longest
}
