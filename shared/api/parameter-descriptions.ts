/** What query parameters mean, by name; the same name means the same in every list. */
export const parameterDescriptions: Record<string, string> = {
  limit: 'Entries on a page, 20 unless given.',
  cursor: '`next_cursor` of the page before. It belongs to one list, its filters and one caller.',
  q: 'What a searched text begins with, in any case: SKU and name, reference, e-mail or username; of an order number, four characters at least.',
  from: 'First time of creation: RFC 3339 with any offset (write its + as %2B), or a date for the beginning of that day.',
  to: 'End of the times of creation, itself not included: a time or a date, as in `from`.',
  time_zone:
    'IANA name of the zone whose days the dates in `from` and `to` are; UTC unless given. Times are not moved.',
  as_of: 'Shows the order as it was at this time: RFC 3339 with any offset (write its + as %2B).',
  below: 'Only SKUs of which fewer units than this are available, in all warehouses together.',
  sort: 'Newest first (`-created_at`) unless given.',
  phase: 'Group of statuses.',
  user_id: 'Orders of this user, for operators and admins.',
}
