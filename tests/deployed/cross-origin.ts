import { stageOf } from '#infra/stages.ts'

/** @throws Error when a browser of the configured origin could not send a request or read the gateway's own refusal */
export async function expectCrossOriginAnswers(baseUrl: string): Promise<void> {
  const [origin = ''] = stageOf('emulator').corsOrigins
  const preflight = await fetch(`${baseUrl}/orders`, {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
  })
  const refusal = await fetch(`${baseUrl}/orders`, { headers: { Origin: origin } })
  const got = [preflight, refusal].map(
    ({ status, headers }) => `${status} ${headers.get('access-control-allow-origin')}`,
  )
  if (got.join() !== `204 ${origin},401 ${origin}`) throw new Error(`Bad answers to another origin: ${got}`)
}
