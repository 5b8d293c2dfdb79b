import { describe, expect, inject, test } from 'vitest'
import { createClient } from '#shared/api/client.ts'
import { expectStatus, newProduct } from '#tests/support/people.ts'
import { usePeople } from './use-people.ts'

const { admin, operator, user } = usePeople({ operator: 'operator', user: 'user' })

const stats = async () => expectStatus(await operator.getOrderStats(), 200)

describe('GET /stats/orders', () => {
  test('counts an order placed a moment ago', async () => {
    const before = await stats()
    const sku = await newProduct(admin, { stock: 3 })
    const { id } = expectStatus(await user.createOrder({ body: { lines: [{ sku, quantity: 3 }] } }), 201)
    await expect.poll(async () => (await stats()).total, { timeout: 60_000 }).toBeGreaterThan(before.total)
    const { by_status, by_phase, total } = await stats()
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0)
    expect([sum(by_status), sum(by_phase)]).toEqual([total, total])
    expect(by_phase.pending).toBe(
      by_status.NEW + by_status.RESERVED + by_status.FAILED_RESERVATION + by_status.BACKORDERED,
    )
    expectStatus(await user.cancelOrder({ params: { id }, body: {} }), 200)
  })

  test('is for operators and admins', async () => {
    expect((await user.getOrderStats()).status).toBe(403)
    expect((await admin.getOrderStats()).status).toBe(200)
  })
})

describe('GET /metrics', () => {
  const metricsOf = async (): Promise<string> => {
    const response = await fetch(`${inject('baseUrl')}/metrics`, {
      headers: { Authorization: `Bearer ${admin.tokens.access_token}` },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    return response.text()
  }

  test('returns the text format of Prometheus with bounded labels', async () => {
    const text = await metricsOf()
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    for (const line of lines) expect(line).toMatch(/^[a-z_]+(\{[a-z]+="[A-Za-z_.-]+"\})? -?\d+(\.\d+)?$/)
    expect(lines.length).toBeLessThan(60)
    for (const status of ['NEW', 'RESERVED', 'DELIVERED']) expect(text).toContain(`holdfast_orders{status="${status}"}`)
    expect(text).toMatch(/^# TYPE holdfast_events_total counter$/m)
  })

  test('counts a reservation and a failed one', async () => {
    const value = (text: string, name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      )
    const units = 'holdfast_reserved_units_total'
    const failures = 'holdfast_reservation_failures_total{reason="insufficient_stock"}'
    const before = await metricsOf()
    const sku = await newProduct(admin, { stock: 4 })
    for (const quantity of [4, 1]) expectStatus(await user.createOrder({ body: { lines: [{ sku, quantity }] } }), 201)
    await expect
      .poll(async () => value(await metricsOf(), units), { timeout: 60_000 })
      .toBeGreaterThanOrEqual(value(before, units) + 4)
    await expect
      .poll(async () => value(await metricsOf(), failures), { timeout: 60_000 })
      .toBeGreaterThan(value(before, failures))
  })

  test('is open to admins and to the metrics token only', async () => {
    const anybody = createClient({ baseUrl: inject('baseUrl') })
    expect((await anybody.getMetrics()).status).toBe(401)
    expect((await createClient({ baseUrl: inject('baseUrl'), accessToken: 'a-guess' }).getMetrics()).status).toBe(401)
    expect((await user.getMetrics()).status).toBe(403)
    expect((await operator.getMetrics()).status).toBe(403)
    const scraper = createClient({ baseUrl: inject('baseUrl'), accessToken: inject('metricsToken') })
    expect((await scraper.getMetrics()).status).toBe(200)
  })
})
